import { sql } from 'kysely';
import type { Settlement } from '../../adapters/payments/index.ts';
import type { Tx } from '../../platform/db/index.ts';
import { centsOf, usdOfCents } from '../../platform/money.ts';
import { addEntry, type NewEntry } from '../entries.ts';
import { setIntent, type TopUpRow } from '../topups/store.ts';
import { statusesBefore, type TopUpStatus } from '../topups/transitions.ts';

/** Makes handlers of one intent wait for each other, so that what is asked of the provider later is newer. */
export async function lockIntent(tx: Tx, intentId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`payment intent ${intentId}`}, 0))`.execute(tx);
}

/**
 * Brings a top-up and the credit in line with what the provider says by now. Each movement counts once, by the id of
 * what it stems from; so it does not matter which event caused this, in which order events came, or how often.
 */
export async function settleTopUp(tx: Tx, topUpId: string, settlement: Settlement): Promise<void> {
  const topUp = await setIntent(tx, topUpId, settlement.intentId);
  if (!topUp) throw new Error(`top-up ${topUpId} is not the one of ${settlement.intentId}`);
  if (settlement.currency !== 'usd' || settlement.amountCents !== centsOf(topUp.amount_usd)) {
    const { amountCents, currency } = settlement;
    throw new Error(`top-up ${topUpId} of ${topUp.amount_usd} USD was paid with ${amountCents} cents of ${currency}`);
  }
  for (const entry of entriesOf(topUp, settlement)) await addEntry(tx, entry);
  await writeDown(tx, topUp, settlement);
}

const statuses: Record<Settlement['state'], TopUpStatus> = {
  OPEN: 'PENDING',
  DECLINED: 'FAILED',
  CANCELED: 'FAILED',
  PAID: 'SUCCEEDED',
};

/** Everything that a settlement moved, in the order in which it did. */
function entriesOf(topUp: TopUpRow, settlement: Settlement): NewEntry[] {
  if (settlement.state !== 'PAID') return [];
  const base = { tenantId: topUp.tenant_id, userId: topUp.user_id, topUpId: topUp.id };
  const move = (kind: NewEntry['kind'], cents: number, source: string): NewEntry => ({
    ...base,
    kind,
    amountUsd: usdOfCents(cents),
    source,
  });
  return [
    move('TOP_UP', settlement.amountCents, `topup:${topUp.id}`),
    ...settlement.refunds.flatMap(({ id, amountCents, failed }) => [
      move('REFUND', -amountCents, `refund:${id}`),
      ...(failed ? [move('REFUND_FAILED', amountCents, `refund-failed:${id}`)] : []),
    ]),
    ...settlement.disputes.flatMap(({ id, amountCents, state }) => [
      ...(state === 'INQUIRY' ? [] : [move('DISPUTE', -amountCents, `dispute:${id}`)]),
      ...(state === 'REINSTATED' ? [move('DISPUTE_WON', amountCents, `dispute-won:${id}`)] : []),
    ]),
  ];
}

async function writeDown(tx: Tx, topUp: TopUpRow, settlement: Settlement): Promise<void> {
  const status = statuses[settlement.state];
  const refunded = settlement.refunds.filter(({ failed }) => !failed);
  await tx
    .updateTable('credit_topup')
    .set({
      status,
      failure_code: settlement.state === 'CANCELED' ? 'canceled' : settlement.failureCode,
      receipt_url: settlement.receiptUrl,
      refunded_usd: usdOfCents(refunded.reduce((sum, { amountCents }) => sum + amountCents, 0)),
      disputed: settlement.disputes.some(({ state }) => state === 'WITHDRAWN'),
      completed_at: status === 'PENDING' ? null : sql<Date>`coalesce(completed_at, now())`,
    })
    .where('id', '=', topUp.id)
    .where('status', 'in', statusesBefore(status))
    .execute();
}
