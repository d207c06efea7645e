import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { normalEmail } from '../limits/keys.ts';

/** True once somebody has signed up. */
export async function anyAccount(tx: Tx): Promise<boolean> {
  const row = await tx.selectFrom('users').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Makes sign-ups wait for each other until they commit: only one of them can be the first. */
export async function lockFirstAccount(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('first account', 0))`.execute(tx);
}

export interface NewAccount {
  email: string;
  name: string;
  passwordHash: string;
  role: 'USER' | 'ADMIN';
  locale: 'en' | 'cs';
  creditUsd: string;
}

/** Makes an account with its empty budget, preferences and quota; null when the email is taken. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<string | null> {
  const { email, name, role, locale, passwordHash, creditUsd } = account;
  const user = await tx
    .insertInto('users')
    .values({ email: email.trim(), name, role, locale, password_hash: passwordHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!user) return null;
  const row = { user_id: user.id };
  await tx
    .insertInto('user_budget')
    .values({ ...row, ai_credit_initial_usd: creditUsd })
    .execute();
  await tx.insertInto('user_notification_preferences').values(row).execute();
  await tx.insertInto('user_invite_quota').values(row).execute();
  return user.id;
}

export async function findByEmail(tx: Tx, email: string) {
  return tx
    .selectFrom('users')
    .select(['id', 'email', 'name', 'locale', 'password_hash'])
    .where(sql<boolean>`lower(email) = ${normalEmail(email)}`)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function setPasswordHash(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', userId).execute();
}

/** A person with her preferences and her tenant. */
export async function findProfile(tx: Tx, userId: string) {
  return tx
    .selectFrom('users')
    .innerJoin('tenant', 'tenant.owner_id', 'users.id')
    .leftJoin('user_notification_preferences as wants', 'wants.user_id', 'users.id')
    .select([
      'users.id',
      'users.email',
      'users.name',
      'users.role',
      'users.locale',
      'users.sound_new_message',
      'users.sound_send_message',
      'users.sound_task_completed',
      'users.sound_task_error',
      'users.sound_master_volume',
      'users.created_at',
      'wants.email_billing_alerts',
      'wants.email_security_alerts',
      'wants.email_product_updates',
      'tenant.id as tenant_id',
      'tenant.name as tenant_name',
      'tenant.slug as tenant_slug',
    ])
    .where('users.id', '=', userId)
    .where('users.deleted_at', 'is', null)
    .orderBy('tenant.id')
    .limit(1)
    .executeTakeFirst();
}
export type ProfileRow = NonNullable<Awaited<ReturnType<typeof findProfile>>>;
