import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import type { Limit } from './limits.ts';

type Kind = Limit['kind'];

/** Makes those who count the same key wait for each other until they commit. */
export async function lockKey(tx: Tx, kind: Kind, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`attempt ${kind} ${key}`}, 0))`.execute(tx);
}

/** When the newest attempts of a window were made, newest first, at most `max`. */
export async function newestAttempts(
  tx: Tx,
  of: { kind: Kind; key: string; since: Date; until: Date; max: number },
): Promise<Date[]> {
  const rows = await tx
    .selectFrom('auth_rate_limit_attempt')
    .select('created_at')
    .where('kind', '=', of.kind)
    .where('key', '=', of.key)
    .where('created_at', '>', of.since)
    .where('created_at', '<=', of.until)
    .orderBy('created_at', 'desc')
    .limit(of.max)
    .execute();
  return rows.map((row) => row.created_at);
}

export async function insertAttempt(tx: Tx, of: { kind: Kind; key: string; now: Date }): Promise<string> {
  const row = await tx
    .insertInto('auth_rate_limit_attempt')
    .values({ kind: of.kind, key: of.key, created_at: of.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function deleteAttempts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('auth_rate_limit_attempt').where('id', 'in', ids).execute();
}

export async function deleteAttemptsBefore(tx: Tx, before: Date): Promise<void> {
  await tx.deleteFrom('auth_rate_limit_attempt').where('created_at', '<', before).execute();
}
