import type { Clock } from './clock.ts';
import type { Database } from './db/index.ts';

export interface DueWorkOptions {
  db: Database;
  clock: Clock;
  /** Notified when there is something new. */
  channel: string;
  /** Does the next piece that is due; false when none is. */
  doNext(): Promise<boolean>;
  /** When the next piece is due; null when none waits. */
  nextDue(): Promise<Date | null>;
  onError(error: unknown): void;
}

/** Works off a table of things that are due; any number of processes may do so at once. */
export interface DueWork {
  /** Does everything that is due and resolves when nothing is. */
  doDue(): Promise<void>;
  /** Stops; a piece that is under way is finished first. */
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 60_000;
const PAUSE_AFTER_TROUBLE_MS = 5_000;

/** Starts working: at once, when something new is told of, and when something comes due. */
export async function createDueWork(options: DueWorkOptions): Promise<DueWork> {
  const { db, clock, channel, doNext, nextDue, onError } = options;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;

  const doDue = (): Promise<void> => {
    again = true;
    running ??= drain().finally(() => {
      running = null;
    });
    return running;
  };

  async function drain(): Promise<void> {
    while (again && !closed) {
      again = false;
      while (!closed && (await doNext())) again = true;
    }
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    let pause = PAUSE_AFTER_TROUBLE_MS;
    try {
      await doDue();
      if (closed) return;
      const due = await nextDue();
      const wait = due ? due.getTime() - clock.now().getTime() : LONGEST_PAUSE_MS;
      pause = Math.min(Math.max(wait, 0), LONGEST_PAUSE_MS);
    } catch (error) {
      if (!closed) onError(error);
    }
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(run, pause);
    timer.unref();
  }

  const unlisten = await db.listen(channel, () => void run(), { onReconnect: () => void run() });
  void run();
  return {
    doDue,
    async close() {
      closed = true;
      clearTimeout(timer);
      await unlisten?.();
      await running?.catch(() => {});
    },
  };
}
