import type {
  CallUsage,
  Look,
  LookStep,
  PackagesAnswer,
  PackagesRequest,
  ProjectVersion,
  ResultPayload,
  TurnAssignment,
} from '@talkide/contracts';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Database, TurnRow, Tx } from '../platform/db/index.ts';
import type { EventHub } from '../platform/events.ts';
import type { Room } from '../platform/room.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { RuntimeStatus, WorkerProcess } from '../runtime/runtime.ts';

/** The project as conversations see it; its other columns pass through to the projects module. */
export interface TalkedProject {
  id: string;
  tenant_id: string;
  environment_id: string | null;
  name: string;
  status: string;
  stack_id: string;
}

export type ChangedFile = z.infer<typeof ResultPayload>['files'][number];

export interface TreeCommit {
  commit: string;
  tree: string;
  files: (ChangedFile & { previousPath: string | null })[];
}

export interface NewVersion extends TreeCommit {
  project: TalkedProject;
  description: string;
  source: 'TURN';
  turnId: string;
}

/** The face of the projects module that conversations use. */
export interface ProjectsPort {
  get(tx: Tx, projectId: string): Promise<TalkedProject | null>;
  /** Commits the working tree on top of the current version; null when nothing changed. Repeatable. */
  commitTree(project: TalkedProject, commit: { message: string; author: string }): Promise<TreeCommit | null>;
  /** Gives the working tree to a turn, as the current version is. */
  readyTree(project: TalkedProject): Promise<void>;
  /** Puts the working tree back to the current version; `keepAs` keeps what was there under a name. */
  cleanTree(project: TalkedProject, options?: { keepAs?: string }): Promise<void>;
  addVersion(tx: Tx, version: NewVersion): Promise<Pick<ProjectVersion, 'id' | 'versionNumber' | 'commit'>>;
  /** Tells the feed how the project looks now. */
  announce(tx: Tx, projectId: string): Promise<void>;
}

/** Times and bounds of turns; tests shorten them. */
export interface Timings {
  leaseMs: number;
  /** How long the end of a turn (commit, version) may take before it is taken over. */
  finishLeaseMs: number;
  claimHoldMs: number;
  heartbeatHoldMs: number;
  /** A worker that has not ended a stopped turn after this is no longer waited for. */
  stopGraceMs: number;
  reapEveryMs: number;
  /** A worker that had nothing to do for this long, while nobody looks at a project of its environment, is told to exit. */
  workerIdleMs: number;
  parallelTurns: number;
}

export const defaultTimings: Timings = {
  leaseMs: 15_000,
  finishLeaseMs: 60_000,
  claimHoldMs: 25_000,
  heartbeatHoldMs: 5_000,
  stopGraceMs: 10_000,
  reapEveryMs: 2_000,
  workerIdleMs: 30_000,
  parallelTurns: 3,
};

/** What pino's loggers and Fastify's have in common, as far as we use it. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface ConversationsDeps {
  db: Database;
  hub: EventHub;
  clock: Clock;
  secrets: Secrets;
  log: Log;
  projects: ProjectsPort;
  /** Id of the tenant's DEFAULT environment, made when there is none. */
  defaultEnvironment(tx: Tx, tenantId: string): Promise<{ id: string }>;
  /** `enabled`: the operator has paused the agents. */
  killSwitch(key: 'agent-turns'): Promise<{ enabled: boolean; reason: string }>;
  onSessionEnded(listener: (sessionId: string) => void): void;
  /** Asks for the build of a turn's version, in the transaction that made it. */
  requestBuild(
    tx: Tx,
    request: {
      project: TalkedProject;
      version: Pick<ProjectVersion, 'id' | 'versionNumber' | 'commit'>;
      turnId: string;
    },
  ): Promise<void>;
  /** Builds and starts a project's code as it is now and asks it; the signal calls it off. */
  look(look: { tenantId: string; projectId: string; steps: readonly LookStep[] }, signal: AbortSignal): Promise<Look>;
  /** Changes the packages of a project's application; the signal calls it off. */
  changePackages(
    of: { tenantId: string; projectId: string },
    change: Omit<z.infer<typeof PackagesRequest>, 'leaseToken'>,
    signal: AbortSignal,
  ): Promise<PackagesAnswer>;
  /** On the disk: while it is low no turn begins. */
  room: Pick<Room, 'look' | 'require'>;
  /** Refuses a tenant whose turns this platform's agents may not run. */
  requireServed(tenantId: string): Promise<void>;
  /** Takes what workers say that model calls of theirs used; null where the gateway meters every call itself. */
  recordUsage: ((turn: TurnRow, calls: readonly CallUsage[]) => void) | null;
  /** A worker has the turn and this token of it: its first model call is near. */
  turnClaimed(turn: TurnRow, gatewayToken: string): void;
  /** Waits until every model call of the turn is recorded, and lets go of the credit held for it. */
  settleTurn(turnId: string): Promise<void>;
  /** Gives back what a failed turn cost, in a transaction of the system scope; true when that was anything. */
  waive(tx: Tx, turn: TurnRow): Promise<boolean>;
  runtimeStatus(): RuntimeStatus;
  /** Starts the worker process of an environment with this token. */
  startWorker(environmentId: string, token: string): Promise<WorkerProcess>;
  /**
   * Workers of an earlier process of this platform that go on; all others have died with it, and their leases with them.
   * Null: workers are not this process's own, and leases run out by themselves.
   */
  survivors: readonly { environmentId: string; process: WorkerProcess }[] | null;
  /** Of this platform among those that share a home. */
  seat: number;
  /** Names of the variables of a project's application; agents never learn values. */
  variableNames(tx: Tx, owner: { tenantId: string; projectId: string }): Promise<string[]>;
  stack(stackId: string): TurnAssignment['stack'];
  /** Model of Mara and her team. */
  model: string;
  timings?: Partial<Timings>;
}
