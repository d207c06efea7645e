import { z } from 'zod';
import { ActivityType, AgentRole, QuestionPayload, ToolCategory } from './conversations.ts';
import { Id } from './route.ts';

/**
 * The worker protocol: HTTP over the control socket, dialled by the worker. Every call carries
 * `Authorization: Bearer <worker token>` (one environment) except gateway calls, which carry the turn's token.
 */
export const WORKER_PATHS = {
  /** POST, long poll up to 25 s: 200 TurnAssignment or 204. */
  claim: '/worker/claim',
  /** POST WorkerEvents → EventsAck. */
  events: (turnId: string) => `/worker/turns/${turnId}/events`,
  /** POST {leaseToken}, held up to 5 s, answers early when something is asked of the worker: HeartbeatAnswer. */
  heartbeat: (turnId: string) => `/worker/turns/${turnId}/heartbeat`,
  /** POST TurnResult → 204; idempotent for one lease. */
  result: (turnId: string) => `/worker/turns/${turnId}/result`,
  /** Base URL of the Anthropic-compatible gateway: the SDK appends /v1/messages. */
  gateway: '/gateway',
} as const;

export const TurnAssignment = z.object({
  turnId: Id,
  leaseToken: z.uuid(),
  attempt: z.number().int(),
  projectId: Id,
  projectName: z.string(),
  conversationId: Id,
  /** Agent session to resume; null starts one. */
  sessionId: z.uuid().nullable(),
  /** Session id to start with when `sessionId` is null or its transcript is lost. */
  newSessionId: z.uuid(),
  /** Working tree below /workspace. */
  tree: z.string(),
  kind: z.enum(['USER', 'REPAIR']),
  prompt: z.string(),
  locale: z.enum(['en', 'cs']),
  stack: z.object({
    id: z.string(),
    name: z.string(),
    notesFile: z.string(),
    commands: z.object({ build: z.array(z.string()), test: z.array(z.string()) }),
  }),
  model: z.string(),
  /** Token of the turn for the gateway; revoked when the turn ends. */
  gatewayToken: z.string(),
  /** First event sequence number the server expects (after a retry it goes on). */
  nextSeq: z.number().int(),
});
export type TurnAssignment = z.infer<typeof TurnAssignment>;

/** What a worker reports, in order. `seq` counts per turn from 1 and is recorded once. Live text has no seq. */
export const WorkerEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('activity'),
    seq: z.number().int().min(1),
    agentRole: AgentRole,
    eventType: ActivityType,
    /** Correlates a TASK_STARTED with its children and its end: the Agent tool-use id; null at top level. */
    taskKey: z.string().max(200).nullable(),
    description: z.string().max(4000),
    toolName: z.string().max(200).nullable(),
    toolCategory: ToolCategory.nullable(),
    toolSummary: z.string().max(500).nullable(),
    payload: z.unknown(),
  }),
  z.object({
    type: z.literal('message'),
    seq: z.number().int().min(1),
    content: z.string().max(200_000),
    question: QuestionPayload.nullable(),
  }),
  z.object({ type: z.literal('session'), seq: z.number().int().min(1), sessionId: z.uuid(), regenerated: z.boolean() }),
]);
export type WorkerEvent = z.infer<typeof WorkerEvent>;

export const LiveText = z.object({
  agentRole: AgentRole,
  block: z.number().int(),
  offset: z.number().int(),
  text: z.string(),
});
export type LiveText = z.infer<typeof LiveText>;

export const WorkerEvents = z.object({
  leaseToken: z.uuid(),
  events: z.array(WorkerEvent).max(500),
  live: z.array(LiveText).max(500),
});
export const EventsAck = z.object({ ackedSeq: z.number().int(), stop: z.boolean() });
export const HeartbeatAnswer = z.object({ stop: z.boolean() });

export const TurnResult = z.object({
  leaseToken: z.uuid(),
  outcome: z.enum(['SUCCEEDED', 'FAILED', 'STOPPED']),
  /** Code of the reason when FAILED. */
  errorCode: z
    .enum(['model_unavailable', 'model_refused', 'credit_used_up', 'agent_failed', 'turn_too_long'])
    .nullable(),
  errorDetail: z.string().max(4000).nullable(),
  lastSeq: z.number().int(),
});
export type TurnResult = z.infer<typeof TurnResult>;
