import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.ts';
import { isDatabaseAway } from './trouble.ts';

const PAUSE_MS = 50;

/**
 * Does what must not be left undone, again when the database is back. It may be done twice: the commit of the first time may
 * only not have been heard of. Gives up with the signal, as the next start goes on from what is in the database.
 */
export async function insist<T>(
  db: Pick<Database, 'answering'>,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const onAbort = () => stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseAway(error) || signal.aborted) throw error;
        await Promise.race([db.answering(), stopped]);
        await delay(PAUSE_MS);
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
