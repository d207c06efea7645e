import type Stripe from 'stripe';
import type { Settlement } from './payments.ts';

/** Name of the metadata that says what an intent is for. */
export const REFERENCE = 'talkide_reference';

type Status = Stripe.PaymentIntent['status'];
const states: Partial<Record<Status, Settlement['state']>> = { succeeded: 'PAID', canceled: 'CANCELED' };

/** Puts together what Stripe says about an intent, its charge, refunds and disputes. */
export function settlementOf(
  intent: Stripe.PaymentIntent,
  refunds: readonly Stripe.Refund[],
  disputes: readonly Stripe.Dispute[],
): Settlement {
  const { last_payment_error: error, latest_charge: charge } = intent;
  const declined = intent.status === 'requires_payment_method' && error !== null;
  const code = error?.decline_code && error.decline_code !== 'generic_decline' ? error.decline_code : error?.code;
  return {
    intentId: intent.id,
    reference: intent.metadata[REFERENCE] ?? null,
    amountCents: intent.status === 'succeeded' ? intent.amount_received : intent.amount,
    currency: intent.currency,
    state: states[intent.status] ?? (declined ? 'DECLINED' : 'OPEN'),
    failureCode: declined ? (code ?? 'card_declined') : null,
    receiptUrl: typeof charge === 'object' ? (charge?.receipt_url ?? null) : null,
    refunds: oldestFirst(refunds).map(({ id, amount, status }) => ({
      id,
      amountCents: amount,
      failed: status === 'failed' || status === 'canceled',
    })),
    disputes: oldestFirst(disputes).map(({ id, amount, status }) => ({
      id,
      amountCents: amount,
      state: disputeState(status),
    })),
  };
}

function disputeState(status: Stripe.Dispute['status']): Settlement['disputes'][number]['state'] {
  if (status === 'won') return 'REINSTATED';
  return status === 'needs_response' || status === 'under_review' || status === 'lost' ? 'WITHDRAWN' : 'INQUIRY';
}

const oldestFirst = <T extends { created: number; id: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
