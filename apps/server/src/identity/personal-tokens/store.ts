import type { Tx } from '../../platform/db/index.ts';

const columns = ['id', 'name', 'prefix', 'created_at', 'last_used_at', 'expires_at'] as const;

/** A person's tokens that still work, newest first. */
export async function listTokens(tx: Tx, owner: { tenantId: string; userId: string }, now: Date, limit: number) {
  return tx
    .selectFrom('personal_token')
    .select(columns)
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export interface NewToken {
  tenantId: string;
  userId: string;
  name: string;
  tokenHash: string;
  prefix: string;
  expiresAt: Date | null;
  now: Date;
}

export async function insertPersonalToken(tx: Tx, token: NewToken) {
  return tx
    .insertInto('personal_token')
    .values({
      tenant_id: token.tenantId,
      user_id: token.userId,
      name: token.name,
      token_hash: token.tokenHash,
      prefix: token.prefix,
      expires_at: token.expiresAt,
      created_at: token.now,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Revokes a token of a person; false when she has no such token. */
export async function revokeToken(
  tx: Tx,
  owner: { tenantId: string; userId: string },
  id: string,
  now: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('personal_token')
    .set({ revoked_at: now })
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The person behind a token that works. */
export async function findTokenOwner(tx: Tx, tokenHash: string, now: Date) {
  return tx
    .selectFrom('personal_token as token')
    .innerJoin('users', 'users.id', 'token.user_id')
    .select(['token.id', 'token.user_id', 'token.tenant_id', 'token.last_used_at', 'users.role', 'users.locale'])
    .where('token.token_hash', '=', tokenHash)
    .where('token.revoked_at', 'is', null)
    .where((where) => where.or([where('token.expires_at', 'is', null), where('token.expires_at', '>', now)]))
    .where('users.deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function touchToken(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('personal_token').set({ last_used_at: now }).where('id', '=', id).execute();
}
