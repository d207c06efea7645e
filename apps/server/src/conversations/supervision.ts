import type { WorkerProcess } from '../runtime/runtime.ts';
import type { Log } from './ports.ts';
import { restartPause } from './supervision-policy.ts';

export interface SupervisionDeps {
  /** Starts the worker of an environment; null: another platform runs it. */
  start(environmentId: string): Promise<WorkerProcess | null>;
  /** No worker of this platform runs there any more, and none is about to. */
  left(environmentId: string): Promise<void>;
  /** A turn waits or runs there. */
  hasWork(environmentId: string): Promise<boolean>;
  /** The worker failed too often: its waiting turns are to be ended. */
  giveUp(environmentId: string): Promise<void>;
  log: Log;
}

/** Keeps one worker per environment while there is work. */
export interface Supervision {
  /** Makes sure that a worker runs or is about to. Returns at once. */
  ensure(environmentId: string): void;
  /** Takes over a worker that an earlier process started. */
  adopt(environmentId: string, process: WorkerProcess): void;
  /** A worker claimed a turn: it works, earlier failures are forgotten. */
  claimed(environmentId: string): void;
  /** Ends a worker of this process; when there is work, another is started. False: there was none. */
  end(environmentId: string): Promise<boolean>;
  /** Ends all workers; resolves to the environments that had one. */
  close(): Promise<string[]>;
  /** Starts no more workers and leaves those that run to the next process. */
  leave(): void;
}

interface Slot {
  process: Promise<WorkerProcess | null> | undefined;
  /** Something came for it while it ended. */
  asked: boolean;
  pause: NodeJS.Timeout | undefined;
  failures: number;
  /** It was told to end, so its end is no failure. */
  ending: boolean;
}

/** Short: a worker loses nothing, its events are spooled and its turns are put back. */
const GRACE_MS = 1_000;

export function createSupervision({ start, left, hasWork, giveUp, log }: SupervisionDeps): Supervision {
  const slots = new Map<string, Slot>();
  let closed = false;

  const slotOf = (environmentId: string): Slot => {
    const slot = slots.get(environmentId) ?? {
      process: undefined,
      asked: false,
      pause: undefined,
      failures: 0,
      ending: false,
    };
    slots.set(environmentId, slot);
    return slot;
  };

  function launch(environmentId: string): void {
    const slot = slotOf(environmentId);
    slot.asked = true;
    if (closed || slot.process || slot.pause) return;
    look(environmentId, slot, start(environmentId));
  }

  function look(environmentId: string, slot: Slot, starting: Promise<WorkerProcess | null>): void {
    slot.process = starting;
    watch(environmentId, slot, starting).catch((error: unknown) => {
      slot.process = undefined;
      log.error({ err: error, environmentId }, 'Supervision of a worker failed');
    });
  }

  async function watch(environmentId: string, slot: Slot, starting: Promise<WorkerProcess | null>): Promise<void> {
    const failed = await starting.then(
      async (process) => {
        if (!process) return null;
        const exit = await process.exited;
        // Of a worker taken over it is only known that it ended.
        const isFailure = exit.code === null ? exit.signal !== null : exit.code !== 0;
        if (isFailure) log.warn({ environmentId, ...exit }, 'A worker ended');
        return isFailure;
      },
      (error: unknown) => {
        log.error({ err: error, environmentId }, 'A worker could not be started');
        return true;
      },
    );
    if (failed === null || closed) {
      slot.process = undefined;
      return;
    }
    slot.failures = failed && !slot.ending ? slot.failures + 1 : 0;
    slot.ending = false;
    slot.asked = false;
    if (!(await hasWork(environmentId))) return handBack(environmentId, slot);
    slot.process = undefined;
    const pause = restartPause(slot.failures);
    if (pause === null) {
      slot.failures = 0;
      await giveUp(environmentId);
      await left(environmentId);
      return;
    }
    slot.pause = setTimeout(() => {
      slot.pause = undefined;
      launch(environmentId);
    }, pause);
  }

  /** Until it is left, nobody else begins there: what came meanwhile is for a worker of this platform. */
  async function handBack(environmentId: string, slot: Slot): Promise<void> {
    await left(environmentId);
    slot.process = undefined;
    if (slot.asked) launch(environmentId);
  }

  async function stop(slot: Slot): Promise<boolean> {
    clearTimeout(slot.pause);
    slot.pause = undefined;
    slot.ending = slot.process !== undefined;
    const process = await slot.process?.catch(() => undefined);
    await process?.stop(GRACE_MS);
    return process !== undefined && process !== null;
  }

  return {
    ensure: launch,
    adopt: (environmentId, process) => look(environmentId, slotOf(environmentId), Promise.resolve(process)),
    claimed: (environmentId) => {
      slotOf(environmentId).failures = 0;
    },
    end: async (environmentId) => {
      const slot = slots.get(environmentId);
      return slot ? stop(slot) : false;
    },
    leave: () => {
      closed = true;
      for (const { pause } of slots.values()) clearTimeout(pause);
    },
    close: async () => {
      closed = true;
      const running = [...slots].filter(([, slot]) => slot.process);
      await Promise.all([...slots.values()].map(stop));
      return running.map(([environmentId]) => environmentId);
    },
  };
}
