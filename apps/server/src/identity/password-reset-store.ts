import type { Tx } from '../platform/db/index.ts';

export async function insertResetToken(
  tx: Tx,
  token: { userId: string; tokenHash: string; expiresAt: Date },
): Promise<void> {
  await tx
    .insertInto('password_reset_token')
    .values({ user_id: token.userId, token_hash: token.tokenHash, expires_at: token.expiresAt })
    .execute();
}

/** Uses a token up; whose it is, or null when it was used before or has expired. */
export async function useResetToken(tx: Tx, tokenHash: string, now: Date): Promise<string | null> {
  const row = await tx
    .updateTable('password_reset_token')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id')
    .executeTakeFirst();
  return row?.user_id ?? null;
}

export async function voidResetTokens(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx
    .updateTable('password_reset_token')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .execute();
}

export async function deleteResetTokensExpiredBefore(tx: Tx, before: Date): Promise<void> {
  await tx.deleteFrom('password_reset_token').where('expires_at', '<', before).execute();
}
