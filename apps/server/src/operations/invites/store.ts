import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { statusesBefore } from './transitions.ts';

export type RedemptionResult = 'OK' | 'INVALID_TOKEN' | 'EXPIRED' | 'RATE_LIMITED';

export async function insertInvite(
  tx: Tx,
  invite: { token: string; email: string; issuerId: string; issuedAt: Date; expiresAt: Date },
) {
  return tx
    .insertInto('invite')
    .values({
      token: invite.token,
      issued_to_email: invite.email,
      issued_by_user_id: invite.issuerId,
      issued_at: invite.issuedAt,
      expires_at: invite.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Invitations, newest first, below an id. */
export async function listInvites(tx: Tx, page: { before: string | null; limit: number }) {
  const { before } = page;
  return tx
    .selectFrom('invite')
    .selectAll()
    .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

export async function findByToken(tx: Tx, token: string) {
  return tx.selectFrom('invite').select(['status', 'expires_at']).where('token', '=', token).executeTakeFirst();
}

export async function inviteExists(tx: Tx, id: string): Promise<boolean> {
  return (await tx.selectFrom('invite').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** Redeems an invitation for a new account and counts it for whoever invited; null when it cannot be redeemed. */
export async function claimInvite(tx: Tx, token: string, userId: string, now: Date): Promise<string | null> {
  const claimed = await tx
    .updateTable('invite')
    .set({ status: 'CLAIMED', claimed_by_user_id: userId, claimed_at: now })
    .where('token', '=', token)
    .where('status', 'in', statusesBefore('CLAIMED'))
    .where('expires_at', '>', now)
    .returning(['id', 'issued_by_user_id'])
    .executeTakeFirst();
  if (!claimed) return null;
  if (claimed.issued_by_user_id) await addToQuota(tx, claimed.issued_by_user_id, 'claimed_count');
  return claimed.id;
}

export async function revokeInvite(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('invite')
    .set({ status: 'REVOKED', revoked_at: now, revoked_reason: 'by the operator' })
    .where('id', '=', id)
    .where('status', 'in', statusesBefore('REVOKED'))
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Marks the invitations whose time is over. */
export async function expireInvites(tx: Tx, now: Date): Promise<void> {
  await tx
    .updateTable('invite')
    .set({ status: 'EXPIRED' })
    .where('status', 'in', statusesBefore('EXPIRED'))
    .where('expires_at', '<=', now)
    .execute();
}

/** Counts an invitation that somebody issued, or that was redeemed. */
export async function addToQuota(tx: Tx, userId: string, column: 'issued_count' | 'claimed_count'): Promise<void> {
  await tx
    .insertInto('user_invite_quota')
    .values({ user_id: userId, [column]: 1 })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ [column]: sql`user_invite_quota.${sql.ref(column)} + 1` }),
    )
    .execute();
}

/** Makes attempts from one address wait for each other until they commit, so that they are counted one by one. */
export async function lockAddress(tx: Tx, ipHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`redeem ${ipHash}`}, 0))`.execute(tx);
}

/** When the failed attempts of an address since then were made, newest first, at most `limit`. */
export async function failedAttempts(tx: Tx, ipHash: string, since: Date, limit: number): Promise<Date[]> {
  const rows = await tx
    .selectFrom('invite_redemption_attempt')
    .select('created_at')
    .where('ip_hash', '=', ipHash)
    .where('result', 'in', ['INVALID_TOKEN', 'EXPIRED'])
    .where('created_at', '>', since)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => row.created_at);
}

export async function logAttempt(
  tx: Tx,
  attempt: { tokenHash: string; ipHash: string; result: RedemptionResult; now: Date },
): Promise<void> {
  await tx
    .insertInto('invite_redemption_attempt')
    .values({
      token_hash: attempt.tokenHash,
      ip_hash: attempt.ipHash,
      result: attempt.result,
      created_at: attempt.now,
    })
    .execute();
}
