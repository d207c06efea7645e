import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type Monotonic, monotonicMs } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { ACCESS_TOKEN_SECONDS } from '../tokens/access-token.ts';
import { endedSince } from './store.ts';

const SESSION_CHANNEL = 'talkide_session';

/** An ended session is remembered a little longer than any access token of it can live. */
const REMEMBER_MS = (ACCESS_TOKEN_SECONDS + 60) * 1000;
const CATCH_UP_MS = 1000;

/**
 * The sessions that ended so recently that access tokens of them are still alive. A process hears of an end in another
 * one by notification, usually within milliseconds; while its connection is down it hears nothing, and reads what it
 * missed when the connection is back, which the listener tries at least every 2 s.
 */
export interface EndedSessions {
  has(sessionId: string): boolean;
  /** Tells every process, when the transaction commits. */
  announce(tx: Tx, sessionIds: readonly string[]): Promise<void>;
  /** Makes it known in this process without waiting for the notification. */
  note(sessionIds: readonly string[]): void;
  /** Calls back once for every session that ends; returns how to stop that. */
  onEnded(callback: (sessionId: string) => void): () => void;
  close(): Promise<void>;
}

export async function createEndedSessions(
  db: Database,
  clock: Clock,
  monotonic: Monotonic = monotonicMs,
): Promise<EndedSessions> {
  const forgetAt = new Map<string, number>();
  const callbacks = new Set<(sessionId: string) => void>();

  const note = (sessionIds: readonly string[]) => {
    // Set forward and back again, a clock would forget an end and let a token of it live on.
    const now = monotonic();
    for (const [sessionId, time] of forgetAt) {
      if (time > now) break;
      forgetAt.delete(sessionId);
    }
    for (const sessionId of sessionIds) {
      if (forgetAt.has(sessionId)) continue;
      forgetAt.set(sessionId, now + REMEMBER_MS);
      for (const callback of callbacks) callback(sessionId);
    }
  };
  const readMissed = async () => {
    const since = new Date(clock.now().getTime() - REMEMBER_MS);
    note(await db.system((tx) => endedSince(tx, since)));
  };

  const closing = new AbortController();
  const catchUp = async () => {
    while (!closing.signal.aborted) {
      const done = await readMissed().then(
        () => true,
        () => false,
      );
      if (done) return;
      await delay(CATCH_UP_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  };

  const unlisten = await db.listen(SESSION_CHANNEL, (sessionId) => note([sessionId]), {
    onReconnect: () => void catchUp(),
  });
  await readMissed();

  return {
    has: (sessionId) => forgetAt.has(sessionId),
    announce: async (tx, sessionIds) => {
      for (const sessionId of sessionIds) await db.notify(tx, SESSION_CHANNEL, sessionId);
    },
    note,
    onEnded: (callback) => {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    close: async () => {
      closing.abort();
      await unlisten();
    },
  };
}
