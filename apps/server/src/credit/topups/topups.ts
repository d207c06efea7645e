import { CustomerUnknown, type Intent, type Payments, PaymentsUnavailable } from '../../adapters/payments/index.ts';
import { DomainError } from '../../errors.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { centsOf, formatUsd, usd } from '../../platform/money.ts';
import { customerOf } from './customers.ts';
import type { References } from './reference.ts';
import type { TopUpRow } from './store.ts';
import * as store from './store.ts';

export interface TopUpDeps {
  db: Database;
  payments: Payments;
  references: References;
}

/** A top-up, with the way to pay it while that is possible. */
export interface Payable {
  row: TopUpRow;
  intent: Intent | null;
}

export interface TopUps {
  begin(caller: Caller, order: { amountUsd: string; requestKey: string | null }): Promise<Payable>;
  get(caller: Caller, id: string): Promise<Payable>;
  list(caller: Caller, page: { before: string | null; limit: number }): Promise<TopUpRow[]>;
}

/** Begun top-ups of an hour that nobody pays; more would be somebody trying out stolen cards. */
const UNPAID_LIMIT = 20;

export function createTopUpService(deps: TopUpDeps): TopUps {
  const { db, payments } = deps;
  return {
    begin: (caller, { amountUsd, requestKey }) =>
      whileAvailable(async () => {
        const order = { amountUsd: formatUsd(usd(amountUsd), 2), requestKey };
        const row = await db.system((tx) => record(tx, caller, order));
        const known = row.stripe_payment_intent_id;
        if (known) return { row, intent: await payments.findIntent(known) };
        const intent = await makeIntent(deps, row);
        const tied = await db.system((tx) => store.setIntent(tx, row.id, intent.id));
        if (!tied) throw new Error(`top-up ${row.id} has another intent than ${intent.id}`);
        return { row: tied, intent };
      }),
    get: (caller, id) =>
      whileAvailable(async () => {
        const row = await db.tenant(caller.tenantId, (tx) => store.findTopUp(tx, caller.userId, id));
        if (!row) throw new DomainError('not_found');
        const intentId = row.status === 'SUCCEEDED' ? null : row.stripe_payment_intent_id;
        const intent = intentId === null ? null : await payments.findIntent(intentId);
        return { row, intent: intent?.isPayable ? intent : null };
      }),
    list: (caller, page) => db.tenant(caller.tenantId, (tx) => store.listTopUps(tx, caller.userId, page)),
  };
}

/** The row of a new top-up, or the one that this key began before. */
async function record(tx: Tx, caller: Caller, order: { amountUsd: string; requestKey: string | null }) {
  const { userId, tenantId } = caller;
  const { requestKey } = order;
  const earlier = requestKey === null ? undefined : await store.findByRequestKey(tx, userId, requestKey);
  if (!earlier) await demandRoom(tx, userId);
  const row =
    earlier ??
    (await store.insertTopUp(tx, { userId, tenantId, ...order })) ??
    (await store.findByRequestKey(tx, userId, requestKey ?? ''));
  if (!row) throw new Error('a top-up was neither made nor there');
  if (row.amount_usd !== order.amountUsd) throw new DomainError('idempotency_mismatch');
  return row;
}

async function demandRoom(tx: Tx, userId: string): Promise<void> {
  const unpaid = await store.unpaidOfLastHour(tx, userId);
  const oldest = unpaid.at(-UNPAID_LIMIT);
  if (!oldest) return;
  const left = oldest.getTime() + 3_600_000 - Date.now();
  throw new DomainError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(left / 1000)) });
}

/** The intent of a top-up. Its key names the top-up: asked again, whatever was lost, it is the same one. */
async function makeIntent(deps: TopUpDeps, row: TopUpRow): Promise<Intent> {
  const { payments, references } = deps;
  const ask = async (anew: boolean) => {
    const customerId = await customerOf(deps, row.user_id, anew);
    return payments.createIntent({
      key: references.key('topup', row.id, customerId),
      amountCents: centsOf(row.amount_usd),
      customerId,
      reference: references.of(row.id),
    });
  };
  return ask(false).catch((error) => {
    // The keys of another account of the provider were put in: it does not know our customers.
    if (error instanceof CustomerUnknown) return ask(true);
    throw error;
  });
}

async function whileAvailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PaymentsUnavailable) throw new DomainError('payments_unavailable', {}, error);
    throw error;
  }
}
