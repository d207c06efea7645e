import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';

/** Where a session is used from. */
export interface Device {
  userAgent: string | null;
  ip: string;
}

/** Makes everybody who changes sessions of a person wait; the account, or undefined when it is gone. */
export async function lockAccount(tx: Tx, userId: string) {
  return tx
    .selectFrom('users')
    .select(['id', 'email', 'name', 'role', 'locale', 'password_hash'])
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function findToken(tx: Tx, tokenHash: string) {
  return tx.selectFrom('refresh_token').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

export async function insertToken(
  tx: Tx,
  token: { userId: string; familyId: string; tokenHash: string; expiresAt: Date; now: Date; device: Device },
): Promise<void> {
  await tx
    .insertInto('refresh_token')
    .values({
      user_id: token.userId,
      family_id: token.familyId,
      token_hash: token.tokenHash,
      user_agent: token.device.userAgent?.slice(0, 400) ?? null,
      ip: token.device.ip,
      expires_at: token.expiresAt,
      created_at: token.now,
    })
    .execute();
}

/** Marks the current token as rotated; false when it was not current any more. */
export async function replaceToken(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('refresh_token')
    .set({ replaced_at: now, revoked_at: now, last_used_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends sessions of a person; all, one, or all but one. The ended ones' ids. */
export async function revokeSessions(
  tx: Tx,
  userId: string,
  which: { only?: string; except?: string },
  now: Date,
): Promise<string[]> {
  const { only, except } = which;
  const rows = await tx
    .updateTable('refresh_token')
    .set({ revoked_at: now })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .$if(only !== undefined, (query) => query.where('family_id', '=', only ?? ''))
    .$if(except !== undefined, (query) => query.where('family_id', '<>', except ?? ''))
    .returning('family_id')
    .execute();
  return [...new Set(rows.map((row) => row.family_id))];
}

/** The sessions of a person that can still be used, the latest used first. */
export async function listSessions(tx: Tx, userId: string, now: Date) {
  return tx
    .selectFrom('refresh_token as current')
    .innerJoin('refresh_token as member', 'member.family_id', 'current.family_id')
    .select([
      'current.family_id',
      'current.user_agent',
      'current.ip',
      'current.created_at as last_used_at',
      sql<Date>`min(member.created_at)`.as('started_at'),
    ])
    .where('current.user_id', '=', userId)
    .where('current.revoked_at', 'is', null)
    .where('current.expires_at', '>', now)
    .groupBy('current.id')
    .orderBy('current.created_at', 'desc')
    .limit(100)
    .execute();
}

/** Sessions that were ended since then: their last token was revoked without being replaced. */
export async function endedSince(tx: Tx, since: Date): Promise<string[]> {
  const rows = await tx
    .selectFrom('refresh_token')
    .select('family_id')
    .where('revoked_at', '>=', since)
    .where('replaced_at', 'is', null)
    .execute();
  return rows.map((row) => row.family_id);
}

/** Deletes tokens that expired before then; a living session keeps its first one, which tells when it began. */
export async function deleteTokensExpiredBefore(tx: Tx, before: Date): Promise<void> {
  await sql`
    delete from refresh_token old
    where old.expires_at < ${before}
      and (exists (select from refresh_token earlier where earlier.family_id = old.family_id and earlier.id < old.id)
        or not exists (select from refresh_token living
                       where living.family_id = old.family_id and living.expires_at >= ${before}))`.execute(tx);
}
