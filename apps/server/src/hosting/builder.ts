import { setTimeout as delay } from 'node:timers/promises';
import { type Database, insist, isDatabaseAway, isDiskFull } from '../platform/db/index.ts';
import { removeTreeLater } from '../platform/remove-tree.ts';
import type { Room } from '../platform/room.ts';
import {
  BUILD_CHANNEL,
  BUILD_LEASE_SECONDS,
  type ClaimedBuild,
  claimBuild,
  giveBackBuild,
  renewBuild,
} from './build-queue.ts';
import type { BuildSteps } from './build-steps.ts';

export interface BuilderOptions {
  db: Database;
  steps: BuildSteps;
  /** While it is low, builds wait. */
  room: Pick<Room, 'look'>;
  /** Where builds happen. This process's alone: what lies there at the start is left over. */
  buildsDir: string;
  onError(error: unknown): void;
}

export interface Builder {
  start(): Promise<void>;
  /** Takes no more builds and leaves those under way to the next process. */
  close(): Promise<void>;
}

/** Two cores: a second build may use what the first leaves. */
const CONCURRENCY = 2;
const POLL_MS = 5_000;
/** A build that was begun this often and never ended takes its processes down with it. */
const MAX_ATTEMPTS = 3;

const isOutage = (error: unknown) => isDatabaseAway(error) || isDiskFull(error);

/** Works the queue of builds, each under a lease that is renewed while it runs. */
export function createBuilder({ db, steps, room, buildsDir, onError }: BuilderOptions): Builder {
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function pump(): Promise<void> {
    while (!closing.signal.aborted && running.size < CONCURRENCY) {
      if ((await room.look()).low) return;
      const steady = (await db.steadyForMs()) > BUILD_LEASE_SECONDS * 1000;
      const build = await db.system((tx) => claimBuild(tx, { steady }));
      if (!build) return;
      const work = lead(build)
        .catch(onError)
        .finally(() => {
          running.delete(work);
          poke();
        });
      running.add(work);
    }
  }
  const poke = () => void (closing.signal.aborted || pump().catch(onError));

  /** Runs a build as long as it is ours. */
  async function lead(build: ClaimedBuild): Promise<void> {
    const lost = new AbortController();
    const renew = async () => {
      if (!(await db.system((tx) => renewBuild(tx, build)))) lost.abort();
    };
    const renewal = setInterval(() => void renew().catch(onError), (BUILD_LEASE_SECONDS * 1000) / 3);
    const signal = AbortSignal.any([lost.signal, closing.signal]);
    try {
      if (build.attempts > MAX_ATTEMPTS) await steps.giveUp(build, 'The platform stopped each time this build ran.');
      else await steps.run(build, signal);
    } catch (error) {
      if (closing.signal.aborted) await db.system((tx) => giveBackBuild(tx, build));
      if (signal.aborted) return;
      onError(error);
      // No fault of the build: it waits with the others, and this claim does not count.
      if (isOutage(error)) {
        await delay(POLL_MS, undefined, { signal: closing.signal }).catch(() => {});
        await insist(db, () => db.system((tx) => giveBackBuild(tx, build)), closing.signal);
        return;
      }
      // Otherwise its lease runs out and it is tried again.
      if (build.attempts === MAX_ATTEMPTS) await steps.giveUp(build, 'The platform could not run this build.');
    } finally {
      clearInterval(renewal);
    }
  }

  return {
    async start() {
      await removeTreeLater(buildsDir).catch(onError);
      await insist(db, () => db.listen(BUILD_CHANNEL, poke, { onReconnect: poke }), closing.signal);
      timer = setInterval(poke, POLL_MS);
      poke();
    },
    async close() {
      closing.abort();
      clearInterval(timer);
      await Promise.all(running);
    },
  };
}
