import { sql } from 'kysely';
import type { CreditTopupRow, Tx } from '../../platform/db/index.ts';

export type TopUpRow = CreditTopupRow;

export interface NewTopUp {
  tenantId: string;
  userId: string;
  amountUsd: string;
  requestKey: string | null;
}

/** Begins a top-up; null when one was begun with this key before. */
export async function insertTopUp(tx: Tx, topUp: NewTopUp): Promise<TopUpRow | null> {
  const row = await tx
    .insertInto('credit_topup')
    .values({
      tenant_id: topUp.tenantId,
      user_id: topUp.userId,
      amount_usd: topUp.amountUsd,
      request_key: topUp.requestKey,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'request_key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export const findByRequestKey = (tx: Tx, userId: string, key: string): Promise<TopUpRow | undefined> =>
  tx
    .selectFrom('credit_topup')
    .selectAll()
    .where('user_id', '=', userId)
    .where('request_key', '=', key)
    .executeTakeFirst();

/** Ties a top-up to its intent, once; null when it has another one. */
export async function setIntent(tx: Tx, id: string, intentId: string): Promise<TopUpRow | null> {
  const row = await tx
    .updateTable('credit_topup')
    .set({ stripe_payment_intent_id: intentId })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('stripe_payment_intent_id', 'is', null), where('stripe_payment_intent_id', '=', intentId)]),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export const findTopUp = (tx: Tx, userId: string, id: string): Promise<TopUpRow | undefined> =>
  tx.selectFrom('credit_topup').selectAll().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst();

/** A person's top-ups, newest first, below an id; without those that nobody tried to pay within a day. */
export const listTopUps = (tx: Tx, userId: string, page: { before: string | null; limit: number }) =>
  tx
    .selectFrom('credit_topup')
    .selectAll()
    .where('user_id', '=', userId)
    .where('stripe_payment_intent_id', 'is not', null)
    .where((where) =>
      where.or([where('status', '<>', 'PENDING'), where('created_at', '>', sql<Date>`now() - interval '1 day'`)]),
    )
    .$if(page.before !== null, (query) => query.where('id', '<', page.before ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();

/** When the top-ups of the last hour that nobody has paid were begun, the oldest first. */
export async function unpaidOfLastHour(tx: Tx, userId: string): Promise<Date[]> {
  const rows = await tx
    .selectFrom('credit_topup')
    .select('created_at')
    .where('user_id', '=', userId)
    .where('status', '<>', 'SUCCEEDED')
    .where('created_at', '>', sql<Date>`now() - interval '1 hour'`)
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.created_at);
}

export const findPayer = (tx: Tx, userId: string) =>
  tx
    .selectFrom('users')
    .select(['email', 'name', 'stripe_customer_id'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();

export async function setCustomer(tx: Tx, userId: string, customerId: string): Promise<void> {
  await tx.updateTable('users').set({ stripe_customer_id: customerId }).where('id', '=', userId).execute();
}
