import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createDueWork, type DueWork } from '../platform/due-work.ts';
import { createLook, type LookOptions } from './look.ts';
import { claimDue, DUE_CHANNEL, nextDue, releaseClaims } from './store.ts';

export interface ReconcilerOptions extends LookOptions {
  onError(error: unknown): void;
}

/** Longer than any look takes: four minutes at most, with both waits for the authority. */
const CLAIM_MS = 10 * 60_000;
/** An authority takes its time, and the DNS of somebody else is not to make all wait. */
const AT_ONCE = 8;
/** A look at the DNS takes less. */
const CLOSING_MS = 3_000;

/** Looks at domains when they are due and brings them on: proof, address, certificate. Any number of processes may. */
export async function createReconciler(options: ReconcilerOptions): Promise<DueWork> {
  const { db, clock, onError } = options;
  const running = new Map<Promise<void>, string>();
  const look = createLook(options);
  let closed = false;

  async function doNext(): Promise<boolean> {
    if (running.size >= AT_ONCE) await Promise.race(running.keys());
    const now = clock.now();
    const until = new Date(now.getTime() + CLAIM_MS);
    const claim = randomUUID();
    const row = await db.system((tx) => claimDue(tx, claim, now, until));
    if (!row) return false;
    const work: Promise<void> = look(row)
      .catch((error: unknown) => closed || onError(error))
      .then(() => void running.delete(work));
    running.set(work, claim);
    return true;
  }

  const work = await createDueWork({
    ...{ db, clock, doNext, onError },
    channel: DUE_CHANNEL,
    nextDue: () => db.system(nextDue),
  });
  return {
    doDue: work.doDue,
    close: async () => {
      closed = true;
      await work.close();
      const patience = new AbortController();
      const done = Promise.all(running.keys()).then(() => patience.abort());
      await Promise.race([done, delay(CLOSING_MS, undefined, { ...patience, ref: false }).catch(() => {})]);
      // What an authority still takes its time with is begun anew by the next process, and not waited for.
      const left = [...running.values()];
      if (left.length > 0) await db.system((tx) => releaseClaims(tx, left));
    },
  };
}
