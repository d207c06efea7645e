import { z } from 'zod';
import { ActivityType, AgentRole, QuestionPayload, ToolCategory } from './conversations.ts';
import { Id } from './route.ts';

/** Raised with every change of the protocol that an older worker, which may outlive the platform, would not understand. */
export const WORKER_PROTOCOL = 2;

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
  /** POST {leaseToken} → 204: the worker that held this lease died in the turn. */
  lost: (turnId: string) => `/worker/turns/${turnId}/lost`,
  /** POST LookRequest, answered when the application was built, started and asked: Look. */
  look: (turnId: string) => `/worker/turns/${turnId}/look`,
  /** POST PackagesRequest, answered when they are installed: PackagesAnswer. */
  packages: (turnId: string) => `/worker/turns/${turnId}/packages`,
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
  /** Names of the variables that the application is told; their values are for it alone. */
  variables: z.array(z.string()),
  model: z.string(),
  /** Token of the turn for the gateway; revoked when the turn ends. */
  gatewayToken: z.string(),
  /** First event sequence number the server expects (after a retry it goes on). */
  nextSeq: z.number().int(),
});
export type TurnAssignment = z.infer<typeof TurnAssignment>;

const Tokens = z.number().int().min(0);
const Short = z.string().max(200);

/** What one model call used, told by a worker whose agents call the model past the gateway (executor CLI). */
export const CallUsage = z.object({
  /** Made by the worker; a call is recorded once. */
  callId: z.uuid(),
  agentRole: AgentRole.nullable(),
  sessionId: z.uuid(),
  model: Short.min(1),
  /** The upstream's own id. */
  requestId: Short.nullable(),
  inputTokens: Tokens,
  outputTokens: Tokens,
  cacheReadTokens: Tokens,
  cacheWrite5mTokens: Tokens,
  cacheWrite1hTokens: Tokens,
  webSearchRequests: Tokens,
  serviceTier: Short.nullable(),
  inferenceGeo: Short.nullable(),
  speed: Short.nullable(),
  /** The end of the call was not seen: more may have been used than is said here. */
  estimated: z.boolean(),
});
export type CallUsage = z.infer<typeof CallUsage>;

/** What a worker reports, in order. `seq` counts per turn from 1 and is recorded once. Live text has no seq. */
export const WorkerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('usage'), seq: z.number().int().min(1), call: CallUsage }),
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

const LOOK_BODY_CHARACTERS = 64 * 1024;

/** A path with its query, exactly as it is sent: no host, no way up, nothing that a URL parser would rewrite. */
export function isPathOfApp(path: string): boolean {
  if (!URL.canParse(path, 'http://app')) return false;
  const { origin, pathname, search } = new URL(path, 'http://app');
  return origin === 'http://app' && pathname + search === path;
}

/** One request of a look. */
export const LookStep = z.object({
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z
    .string()
    .max(2_000)
    .refine(isPathOfApp, 'A path begins with one slash, has no host, no dots that lead up, and is percent-encoded.'),
  /** Sent as JSON with a POST. */
  body: z
    .record(z.string(), z.unknown())
    .refine((body) => JSON.stringify(body).length <= LOOK_BODY_CHARACTERS, 'A body has at most 64 KB.')
    .optional(),
});
export type LookStep = z.infer<typeof LookStep>;

/** What one look asks of the application, in this order. */
export const LookSteps = z.array(LookStep).min(1).max(6);

export const LookRequest = z.object({ leaseToken: z.uuid(), steps: LookSteps });

/** What the application answered to one request. */
export const LookAnswer = z.object({
  /** Null when it did not answer in time, or hung up. */
  status: z.number().int().nullable(),
  contentType: z.string(),
  /** Where it redirects to; redirects are not followed. */
  location: z.string().nullable(),
  /** The beginning of a text as it came; null for pictures and the like. */
  text: z.string().nullable(),
  /** There is more than `text` holds. */
  cut: z.boolean(),
});
export type LookAnswer = z.infer<typeof LookAnswer>;

/** What the team saw of the application as its code stands now. `log` is the end of the build's or the application's own. */
export const Look = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), answers: z.array(LookAnswer), log: z.string() }),
  z.object({ outcome: z.literal('not_built'), reason: z.string(), log: z.string() }),
  z.object({ outcome: z.literal('not_started'), reason: z.string(), log: z.string() }),
  /** Nothing was tried, or it was called off; the application is not to blame. */
  z.object({ outcome: z.literal('unavailable'), reason: z.string() }),
]);
export type Look = z.infer<typeof Look>;

/** One package of the npm registry: a name, and a version or range when it matters. No address, file or repository. */
export const PackageSpec = z
  .string()
  .max(214)
  .regex(
    /^(@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*(@[a-z0-9^~<>=|*. -]{1,60})?$/i,
    'A package is named as in the npm registry, with a version if one is needed: dayjs, dayjs@1.11.13, @scope/name@^2.',
  );
const PackageName = PackageSpec.refine((name) => name.lastIndexOf('@') < 1, 'Name it without a version.');

export const PackagesRequest = z.object({
  leaseToken: z.uuid(),
  /** The files of the working tree as they are. */
  packageJson: z.string().max(100_000),
  lockfile: z.string().max(4_000_000),
  add: z.array(PackageSpec).max(20),
  remove: z.array(PackageName).max(20),
});

/** What came of a change of an application's packages. `log` is the end of npm's own words. */
export const PackagesAnswer = z.discriminatedUnion('outcome', [
  /** `modules` is where `node_modules` has to lead to; the files take the place of the tree's. */
  z.object({
    outcome: z.literal('installed'),
    packageJson: z.string(),
    lockfile: z.string(),
    modules: z.string(),
    log: z.string(),
  }),
  z.object({ outcome: z.literal('failed'), log: z.string() }),
  z.object({ outcome: z.literal('unavailable'), reason: z.string() }),
]);
export type PackagesAnswer = z.infer<typeof PackagesAnswer>;
