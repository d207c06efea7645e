import type { Database, Tx } from '../../platform/db/index.ts';

const CHANNEL = 'talkide_turn';

type Signal = { queued: string } | { freed: string } | { stop: string };

/** Tells every process at once what waits in an environment, and which turn is to stop. Sent with the commit. */
export interface TurnSignals {
  /** A turn was queued. */
  queued(tx: Tx, environmentId: string): Promise<void>;
  /** A turn ended: another may run in its place. */
  freed(tx: Tx, environmentId: string): Promise<void>;
  stop(tx: Tx, turnId: string): Promise<void>;
  onQueued(listener: (environmentId: string) => void): void;
  /** Resolves when there may be work in the environment, after `ms`, or when `abort` fires. Register before looking. */
  nextWork(environmentId: string, ms: number, abort: AbortSignal): Promise<void>;
  nextStop(turnId: string, ms: number, abort: AbortSignal): Promise<void>;
}

export async function createTurnSignals(db: Database): Promise<TurnSignals> {
  const waiters = new Map<string, Set<() => void>>();
  const queuedListeners: ((environmentId: string) => void)[] = [];
  const wake = (key: string) => {
    for (const resolve of waiters.get(key) ?? []) resolve();
  };
  const wakeAll = () => {
    for (const key of waiters.keys()) wake(key);
  };

  await db.listen(
    CHANNEL,
    (payload) => {
      const signal = JSON.parse(payload) as Signal;
      if ('stop' in signal) return wake(`stop ${signal.stop}`);
      if ('freed' in signal) return wake(`work ${signal.freed}`);
      wake(`work ${signal.queued}`);
      for (const listener of queuedListeners) listener(signal.queued);
    },
    // Signals sent while the connection was away are gone: everybody looks for themselves.
    { onReconnect: wakeAll },
  );

  const next = (key: string, ms: number, abort: AbortSignal) =>
    new Promise<void>((resolve) => {
      const set = waiters.get(key) ?? new Set();
      waiters.set(key, set);
      const done = () => {
        clearTimeout(timer);
        abort.removeEventListener('abort', done);
        set.delete(done);
        if (set.size === 0) waiters.delete(key);
        resolve();
      };
      const timer = setTimeout(done, ms);
      set.add(done);
      abort.addEventListener('abort', done);
      if (abort.aborted) done();
    });

  return {
    queued: (tx, environmentId) => db.notify(tx, CHANNEL, JSON.stringify({ queued: environmentId })),
    freed: (tx, environmentId) => db.notify(tx, CHANNEL, JSON.stringify({ freed: environmentId })),
    stop: (tx, turnId) => db.notify(tx, CHANNEL, JSON.stringify({ stop: turnId })),
    onQueued: (listener) => void queuedListeners.push(listener),
    nextWork: (environmentId, ms, abort) => next(`work ${environmentId}`, ms, abort),
    nextStop: (turnId, ms, abort) => next(`stop ${turnId}`, ms, abort),
  };
}
