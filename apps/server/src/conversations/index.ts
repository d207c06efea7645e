import type { Message, Turn } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { isDatabaseAway, type TurnRow, type Tx } from '../platform/db/index.ts';
import { createFeeds } from './feed/feeds.ts';
import { LiveTextBuffer } from './feed/live-text.ts';
import { costChanged } from './finish/late-cost.ts';
import { insertFailureNotice } from './finish/record-end.ts';
import { type Kit, messageCreated, scopeOf, tell, turnUpdated } from './kit.ts';
import { type DataProblem, noteDataProblem, noteRestored, type Restored } from './messages/note-restored.ts';
import { firstMessage, type Speaker } from './messages/send-message.ts';
import { type ConversationsDeps, defaultTimings } from './ports.ts';
import { startReaper } from './reaper.ts';
import { type FailedBuild, queueRepair } from './repair/queue-repair.ts';
import { retryDeadlock } from './retry-deadlock.ts';
import { bindRoutes } from './routes.ts';
import { createSupervision, type Supervision } from './supervision.ts';
import { expireLeases, hasWork, queuedTurns, releaseLeases } from './turns/lease-store.ts';
import { createTurnSignals } from './turns/signals.ts';
import { failQueued, workingProjects } from './turns/turn-store.ts';
import { leaveAll, leaveEnvironment, leaveUnknown, takeEnvironment } from './turns/worker-seats.ts';
import { createWatching } from './watching.ts';
import { bindWorkerRoutes } from './worker/worker-routes.ts';
import { workerToken } from './worker/worker-token.ts';

export type { ConversationsDeps } from './ports.ts';
export type { FailedBuild } from './repair/queue-repair.ts';
export { workerToken } from './worker/worker-token.ts';

export interface Conversations {
  /** The public API: conversations, messages, turns, activities, feeds. */
  routes(app: FastifyInstance): void;
  /** The worker protocol, for the control socket. */
  workerRoutes(controlApp: FastifyInstance): void;
  /** The first message of a project, in the transaction that creates it. */
  firstMessage(
    tx: Tx,
    first: Speaker & { projectId: string; content: string },
  ): Promise<{ message: Message; turn: Turn }>;
  /** Hands a failed build back to Mara, or asks the person; in the transaction that records the failure. */
  queueRepair(tx: Tx, failed: FailedBuild): Promise<void>;
  /** Says in the talk that the project went back to a version, in the transaction that does it. */
  noteRestored(tx: Tx, restored: Restored): Promise<void>;
  /** Says in the talk why the data of a version did not come back. */
  noteDataProblem(tx: Tx, problem: DataProblem): Promise<void>;
  /** A turn waits or runs in the project. */
  isWorking(tx: Tx, project: { tenantId: string; projectId: string }): Promise<boolean>;
  /** Those of the projects in which a turn waits or runs. */
  workingProjects(tx: Tx, tenantId: string, projectIds: readonly string[]): Promise<Set<string>>;
  /** The gateway has added to the cost of a turn; one that has ended shows it. In the same transaction. */
  costChanged(tx: Tx, turn: TurnRow): Promise<void>;
  /**
   * Takes up what an earlier process in its seat left and begins to look after turns; `seats` are all that are taken. Call it
   * when the control socket listens.
   */
  start(seats?: readonly number[]): Promise<void>;
  /** Takes up the turns of a platform that died in another seat. Its workers must have been ended. */
  takeUp(seat: number): Promise<void>;
  /** Ends open feeds; browsers come again and go on where they were. */
  closeFeeds(): void;
  /** Ends feeds, long polls and workers, whose turns go back into the queue; with `keepWorkers` they go on with them. */
  close(options?: { keepWorkers: boolean }): Promise<void>;
}

/** Conversations with Mara: messages, turns, feeds, the worker protocol and the supervision of workers. */
export async function createConversations(deps: ConversationsDeps): Promise<Conversations> {
  const kit: Kit = {
    ...deps,
    timings: { ...defaultTimings, ...deps.timings },
    signals: await createTurnSignals(deps.db),
    liveText: new LiveTextBuffer(),
    watching: createWatching((environmentId) => wake(environmentId)),
    write: (tenantId, work) => retryDeadlock(() => deps.db.tenant(tenantId, work)),
  };
  kit.hub.onLive((_tenantId, event) => kit.liveText.take(event));
  const feeds = createFeeds(kit);
  const closing = new AbortController();
  const supervision = supervise(kit);
  const wake = (environmentId: string) => {
    if (kit.runtimeStatus().status === 'available') supervision.ensure(environmentId);
  };
  let reaper: ReturnType<typeof startReaper> | undefined;

  return {
    routes: (app) => bindRoutes(app, kit, feeds),
    workerRoutes: (app) => bindWorkerRoutes(app, kit, supervision, closing.signal),
    firstMessage: (tx, first) => firstMessage(kit, tx, first),
    queueRepair: (tx, failed) => queueRepair(kit, tx, failed),
    noteRestored,
    noteDataProblem,
    isWorking: async (tx, { tenantId, projectId }) => (await workingProjects(tx, tenantId, [projectId])).size > 0,
    workingProjects,
    costChanged,
    start: async (seats = [kit.seat]) => {
      await kit.db.system((tx) => leaveUnknown(tx, seats));
      if (kit.survivors) await takeOver(kit, supervision, kit.survivors);
      kit.signals.onQueued((environmentId) => supervision.ensure(environmentId));
      reaper = startReaper(kit, supervision);
    },
    takeUp: (seat) =>
      kit.db.system(async (tx) => {
        await expireLeases(tx, { seat, living: [], leaseMs: kit.timings.leaseMs });
        await leaveAll(tx, seat);
      }),
    closeFeeds: feeds.close,
    close: async ({ keepWorkers } = { keepWorkers: false }) => {
      closing.abort();
      feeds.close();
      await reaper?.close();
      if (keepWorkers) return supervision.leave();
      const ended = await supervision.close();
      await kit.db.system(async (tx) => {
        await releaseLeases(tx, ended);
        await leaveAll(tx, kit.seat);
      });
    },
  };
}

/** Leases of workers that go on stay theirs, from now; those of all others are void. */
async function takeOver(kit: Kit, supervision: Supervision, survivors: NonNullable<Kit['survivors']>): Promise<void> {
  const living = survivors.map(({ environmentId }) => environmentId);
  await kit.db.system(async (tx) => {
    await expireLeases(tx, { seat: kit.seat, living, leaseMs: kit.timings.leaseMs });
    await leaveAll(tx, kit.seat, living);
    for (const environmentId of living) await takeEnvironment(tx, environmentId, kit.seat);
  });
  for (const { environmentId, process } of survivors) supervision.adopt(environmentId, process);
}

function supervise(kit: Kit): Supervision {
  return createSupervision({
    start: async (environmentId) =>
      (await mayRunWorker(kit, environmentId))
        ? kit.startWorker(environmentId, workerToken(kit.secrets, environmentId))
        : null,
    left: (environmentId) => kit.db.system((tx) => leaveEnvironment(tx, environmentId, kit.seat)),
    hasWork: (environmentId) => kit.db.system((tx) => hasWork(tx, environmentId)),
    giveUp: (environmentId) => giveUp(kit, environmentId),
    log: kit.log,
  });
}

/** Also no when the database is away: the reaper asks again when it is back. */
const mayRunWorker = (kit: Kit, environmentId: string): Promise<boolean> =>
  kit.db
    .system((tx) => takeEnvironment(tx, environmentId, kit.seat))
    .catch((error: unknown) => {
      if (isDatabaseAway(error)) return false;
      throw error;
    });

/** Ends the waiting turns of an environment whose worker does not come up. */
async function giveUp(kit: Kit, environmentId: string): Promise<void> {
  await kit.db.system(async (tx) => {
    for (const waiting of await queuedTurns(tx, environmentId)) {
      const turn = await failQueued(tx, waiting.tenant_id, waiting.id, 'worker_unavailable');
      if (!turn) continue;
      // An earlier attempt may have cost something.
      const waived = await kit.waive(tx, turn);
      const notice = await insertFailureNotice(tx, turn, 'worker_unavailable', { waived });
      await tell(tx, scopeOf(turn), [messageCreated(turn.project_id, notice), turnUpdated(turn)]);
      await kit.projects.announce(tx, turn.project_id);
    }
  });
}
