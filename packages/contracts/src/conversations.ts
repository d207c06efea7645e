import { z } from 'zod';
import { errors } from './problem.ts';
import { Id, IdParams, PageQuery, page, route, Timestamp, Usd } from './route.ts';

/** Technical keys of Mara's team. */
export const AgentRole = z.enum([
  'talkide-pm',
  'talkide-backend-dev',
  'talkide-frontend-dev',
  'talkide-designer',
  'talkide-tester',
]);
export type AgentRole = z.infer<typeof AgentRole>;

export const Conversation = z.object({
  id: Id,
  projectId: Id,
  title: z.string(),
  status: z.enum(['ACTIVE', 'CLOSED']),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Conversation = z.infer<typeof Conversation>;

export const QuestionPayload = z.object({
  type: z.literal('question'),
  question: z.string(),
  options: z.array(z.object({ label: z.string(), description: z.string().optional() })).max(6),
});
/** What a finished turn did: stands on Mara's closing message. */
export const ResultPayload = z.object({
  type: z.literal('result'),
  versionNumber: z.number().int().nullable(),
  files: z.array(
    z.object({
      path: z.string(),
      change: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'RENAMED']),
      additions: z.number().int(),
      deletions: z.number().int(),
    }),
  ),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costUsd: Usd,
  durationMs: z.number().int(),
});
/** A SYSTEM message with a way out. */
export const NoticePayload = z.object({
  type: z.literal('notice'),
  code: z.string(),
  action: z.enum(['RETRY', 'FIX', 'REVERT', 'TOP_UP', 'LIMITS', 'NONE']),
  turnId: Id.nullable(),
});
export const MessagePayload = z.discriminatedUnion('type', [QuestionPayload, ResultPayload, NoticePayload]);
export type MessagePayload = z.infer<typeof MessagePayload>;

export const Message = z.object({
  id: Id,
  conversationId: Id,
  turnId: Id.nullable(),
  role: z.enum(['USER', 'PM', 'SYSTEM']),
  /** Markdown for PM, plain text for USER and SYSTEM. */
  content: z.string(),
  payload: MessagePayload.nullable(),
  createdAt: Timestamp,
});
export type Message = z.infer<typeof Message>;

export const TurnStatus = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']);
export type TurnStatus = z.infer<typeof TurnStatus>;
export const Turn = z.object({
  id: Id,
  projectId: Id,
  conversationId: Id,
  messageId: Id,
  kind: z.enum(['USER', 'REPAIR']),
  status: TurnStatus,
  errorCode: z.string().nullable(),
  /** Cost so far, charged. */
  costUsd: Usd,
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type Turn = z.infer<typeof Turn>;

export const ToolCategory = z.enum(['READING', 'EDITING', 'EXECUTING', 'DELEGATING', 'BROWSING', 'OTHER']);
export type ToolCategory = z.infer<typeof ToolCategory>;
export const ActivityType = z.enum(['TASK_STARTED', 'TOOL_USE', 'AGENT_MESSAGE', 'TASK_COMPLETED']);
export const Activity = z.object({
  id: Id,
  projectId: Id,
  conversationId: Id,
  turnId: Id,
  agentRole: AgentRole,
  eventType: ActivityType,
  parentActivityId: Id.nullable(),
  description: z.string(),
  toolName: z.string().nullable(),
  toolCategory: ToolCategory.nullable(),
  toolSummary: z.string().nullable(),
  createdAt: Timestamp,
});
export type Activity = z.infer<typeof Activity>;

/** Everything the chat needs to draw itself after a reload; follow the feed from `lastEventId`. */
export const ConversationView = z.object({
  conversation: Conversation,
  messages: z.array(Message),
  turns: z.array(Turn),
  activities: z.array(Activity),
  /** Older messages exist: page them with listMessages. */
  messagesCursor: z.string().nullable(),
  lastEventId: z.string(),
});
export type ConversationView = z.infer<typeof ConversationView>;

const tag = 'conversations';
export const conversationRoutes = {
  getActiveConversation: route({
    method: 'GET',
    url: '/api/projects/:id/conversation',
    access: 'user',
    tag,
    summary:
      'The active conversation of a project with its latest messages, turns and activities; made when there is none',
    params: IdParams,
    responses: { 200: ConversationView },
  }),
  listConversations: route({
    method: 'GET',
    url: '/api/projects/:id/conversations',
    access: 'user',
    tag,
    summary: 'Conversations of a project',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(Conversation) },
  }),
  startConversation: route({
    method: 'POST',
    url: '/api/projects/:id/conversations',
    access: 'user',
    tag,
    summary: 'Close the active conversation and start a new one',
    params: IdParams,
    responses: { 201: Conversation },
    errors: ['mara_is_working'],
    idempotent: true,
  }),
  listMessages: route({
    method: 'GET',
    url: '/api/conversations/:id/messages',
    access: 'user',
    tag,
    summary: 'Messages, newest first',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(Message) },
  }),
  sendMessage: route({
    method: 'POST',
    url: '/api/conversations/:id/messages',
    access: 'user',
    tag,
    summary: 'Say something to Mara: stored with a queued turn, answered at once',
    params: IdParams,
    body: z.object({ content: z.string().trim().min(1).max(20_000) }),
    responses: { 201: z.object({ message: Message, turn: Turn }) },
    idempotent: true,
    errors: [
      'agents_not_yours',
      'conversation_closed',
      'agent_turns_off',
      'project_not_active',
      'queue_full',
      'runtime_unavailable',
    ],
  }),
  listActivities: route({
    method: 'GET',
    url: '/api/projects/:id/activities',
    access: 'user',
    tag,
    summary: 'What the agents did, newest first',
    params: IdParams,
    query: PageQuery.extend({ turnId: Id.optional() }),
    responses: { 200: page(Activity) },
  }),
  getTurn: route({
    method: 'GET',
    url: '/api/turns/:id',
    access: 'user',
    tag,
    summary: 'One turn',
    params: IdParams,
    responses: { 200: Turn },
  }),
  stopTurn: route({
    method: 'POST',
    url: '/api/turns/:id/stop',
    access: 'user',
    tag,
    summary: 'Interrupt a running turn or take a queued one back',
    params: IdParams,
    responses: { 202: Turn },
    errors: ['turn_ended'],
  }),
  retryTurn: route({
    method: 'POST',
    url: '/api/turns/:id/retry',
    access: 'user',
    tag,
    summary: 'Try a failed or cancelled turn again',
    params: IdParams,
    responses: { 201: Turn },
    errors: ['turn_not_retryable', 'agent_turns_off', 'agents_not_yours'],
  }),
  projectFeed: route({
    method: 'GET',
    url: '/api/projects/:id/feed',
    access: 'user',
    tag,
    summary: 'Events of a project as server-sent events; resume with Last-Event-ID',
    params: IdParams,
    query: z.object({ lastEventId: z.string().max(20).optional() }),
    responses: { 200: z.any() },
    stream: true,
    errors: ['too_many_feeds'],
  }),
  studioFeed: route({
    method: 'GET',
    url: '/api/feed',
    access: 'user',
    tag,
    summary: 'Events of all projects of the tenant as server-sent events',
    query: z.object({ lastEventId: z.string().max(20).optional() }),
    responses: { 200: z.any() },
    stream: true,
    errors: ['too_many_feeds'],
  }),
};

export const conversationErrors = errors({
  conversation_closed: {
    status: 409,
    en: 'This conversation is closed. Open the current one.',
    cs: 'Tato konverzace je uzavřená. Otevřete aktuální.',
  },
  agent_turns_off: {
    status: 503,
    en: 'The operator has paused the agents: {reason}. Your message is not lost; send it again later.',
    cs: 'Provozovatel agenty pozastavil: {reason}. O zprávu jste nepřišli, pošlete ji později.',
  },
  agents_not_yours: {
    status: 403,
    en: 'On this TalkIDE the agents work with the own Claude login of the person who runs it, and for her projects only.',
    cs: 'Na tomto TalkIDE pracují agenti s vlastním přihlášením ke Claude toho, kdo ho provozuje, a jen na jeho projektech.',
  },
  project_not_active: {
    status: 409,
    en: 'This project is {status}. Bring it back first.',
    cs: 'Tento projekt je ve stavu {status}. Nejdřív ho obnovte.',
  },
  queue_full: {
    status: 429,
    en: 'Twenty messages are waiting already. Let Mara catch up, or press Stop.',
    cs: 'Ve frontě už čeká dvacet zpráv. Nechte Maru je dohnat, nebo ji zastavte.',
  },
  too_many_feeds: {
    status: 429,
    en: 'Fifty pages of yours follow what happens already. Close one of them.',
    cs: 'Co se děje, už sleduje padesát vašich stránek. Jednu z nich zavřete.',
  },
  turn_ended: { status: 409, en: 'This turn has ended already.', cs: 'Tento tah už skončil.' },
  turn_not_retryable: {
    status: 409,
    en: 'Only a failed or stopped turn can be tried again.',
    cs: 'Znovu zkusit lze jen tah, který selhal nebo byl zastaven.',
  },
});
