import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../../errors.ts';
import type { Database } from './database.ts';

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
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof DomainError && error.code === 'database_away';
      if (!isAway || signal.aborted) throw error;
      await Promise.race([db.answering(), aborted(signal)]);
      await delay(PAUSE_MS);
    }
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
