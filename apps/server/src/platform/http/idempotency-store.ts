import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, isDatabaseAway, type Tx } from '../db/index.ts';
import type { IdempotencyStore } from './idempotency.ts';

/** Keeps answers in `idempotency_key`; a claim whose process died is free again after a minute, an answer after a day. */
export function createIdempotencyStore(db: Database): IdempotencyStore & { freeAll(): Promise<void> } {
  return {
    claim: (userId, key, fingerprint) =>
      db.system(async (tx) => {
        await tx
          .deleteFrom('idempotency_key')
          .where('user_id', '=', userId)
          .where((where) =>
            where.or([
              where('created_at', '<', sql<Date>`now() - interval '1 day'`),
              where.and([
                where('status_code', 'is', null),
                where('created_at', '<', sql<Date>`now() - interval '1 minute'`),
              ]),
            ]),
          )
          .execute();
        const claimed = await tx
          .insertInto('idempotency_key')
          .values({ user_id: userId, key, fingerprint })
          .onConflict((conflict) => conflict.doNothing())
          .returning('key')
          .executeTakeFirst();
        if (claimed) return null;
        const row = await tx
          .selectFrom('idempotency_key')
          .selectAll()
          .where('user_id', '=', userId)
          .where('key', '=', key)
          .executeTakeFirst();
        // Released between the insert and the read: the client's next try will have it.
        if (!row) return { fingerprint, response: null, pending: true };
        return { fingerprint: row.fingerprint, response: row.response ?? undefined, pending: row.status_code === null };
      }),
    /** At a start without other processes: claims that are left belong to calls of a dead one. */
    freeAll: () =>
      db.system(async (tx) => {
        await tx.deleteFrom('idempotency_key').where('status_code', 'is', null).execute();
      }),
    complete: (userId, key, response) => nowOrLater(db, (tx, msAgo) => complete(tx, userId, key, response, msAgo)),
    completeIn: (tx, userId, key, response) => complete(tx, userId, key, response),
    release: (userId, key) => nowOrLater(db, (tx, msAgo) => release(tx, userId, key, msAgo)),
  };
}

const AGAIN_MS = 200;

/** Nobody waits for a database that is away; what was to be written is when it is back, with how long ago that was. */
async function nowOrLater(db: Database, write: (tx: Tx, msAgo: number) => Promise<void>): Promise<void> {
  const asked = performance.now();
  const later = async (): Promise<void> => {
    await db.answering();
    await delay(AGAIN_MS, undefined, { ref: false });
    await attempt(performance.now() - asked);
  };
  const attempt = (msAgo: number) =>
    db
      .system((tx) => write(tx, msAgo))
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) throw error;
        later().catch(() => {});
      });
  await attempt(0);
}

/** Of what is written late: a younger claim is another call's, made when this one's was a minute old. */
const madeBefore = (msAgo: number) =>
  msAgo === 0 ? sql<boolean>`true` : sql<boolean>`created_at <= now() - ${msAgo} * interval '1 millisecond'`;

/** An answer that was kept with its effect stays: the call only did not hear of it. */
async function release(tx: Tx, userId: string, key: string, msAgo: number): Promise<void> {
  await tx
    .deleteFrom('idempotency_key')
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .where('status_code', 'is', null)
    .where(madeBefore(msAgo))
    .execute();
}

async function complete(tx: Tx, userId: string, key: string, response: unknown, msAgo = 0): Promise<void> {
  await tx
    .updateTable('idempotency_key')
    .set({ status_code: 200, response: JSON.stringify(response) })
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .where(madeBefore(msAgo))
    .execute();
}
