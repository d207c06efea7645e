import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, Tx } from '../db/index.ts';
import { isDatabaseAway } from '../db/index.ts';
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
    complete: (userId, key, response) => nowOrLater(db, (tx) => complete(tx, userId, key, response)),
    completeIn: complete,
    release: (userId, key) => nowOrLater(db, (tx) => release(tx, userId, key)),
  };
}

/** After this a claim may be another call's. */
const OURS_MS = 50_000;
const AGAIN_MS = 200;

/** Nobody waits for a database that is away; what was to be written is when it is back. */
async function nowOrLater(db: Database, write: (tx: Tx) => Promise<void>): Promise<void> {
  const begun = performance.now();
  const later = async (): Promise<void> => {
    await db.answering();
    await delay(AGAIN_MS, undefined, { ref: false });
    if (performance.now() - begun < OURS_MS) await attempt();
  };
  const attempt = () =>
    db.system(write).catch((error: unknown) => {
      if (!isDatabaseAway(error)) throw error;
      later().catch(() => {});
    });
  await attempt();
}

/** An answer that was kept with its effect stays: the call only did not hear of it. */
async function release(tx: Tx, userId: string, key: string): Promise<void> {
  await tx
    .deleteFrom('idempotency_key')
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .where('status_code', 'is', null)
    .execute();
}

async function complete(tx: Tx, userId: string, key: string, response: unknown): Promise<void> {
  await tx
    .updateTable('idempotency_key')
    .set({ status_code: 200, response: JSON.stringify(response) })
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .execute();
}
