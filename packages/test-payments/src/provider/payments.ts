import { type CardOutcome, cardByToken, type TestCard } from './cards.ts';
import { type Draft, newId } from './draft.ts';
import type { Charge, Dispute, PaymentError, PaymentIntent, Refund } from './objects.ts';
import { invalid, missing, unexpectedState } from './refusal.ts';

const cardOf = (card: TestCard) => ({ brand: 'visa', last4: card.number.slice(-4) });

/** Charges a card for an intent: it is paid, declined, or waits for the holder's authentication. */
export function confirm(draft: Draft, intent: PaymentIntent, card: TestCard): PaymentIntent {
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_action')
    throw unexpectedState(intent, 'confirmed');
  const { outcome } = card;
  if (outcome.kind === 'declined') return decline(draft, intent, card, outcome);
  if (outcome.kind === 'authentication') {
    const waiting = draft.put<PaymentIntent>({
      ...intent,
      status: 'requires_action',
      payment_method: card.token,
      next_action: { type: 'use_stripe_sdk' },
      last_payment_error: null,
    });
    draft.emit('payment_intent.requires_action', waiting);
    return waiting;
  }
  const paid = pay(draft, intent, card);
  if (outcome.kind === 'disputed' && paid.latest_charge) openDispute(draft, paid.latest_charge);
  return paid;
}

/** The holder's answer to the question of her bank. */
export function authenticate(draft: Draft, intent: PaymentIntent, agreed: boolean): PaymentIntent {
  const card = cardByToken(intent.payment_method ?? '');
  if (intent.status !== 'requires_action' || !card) throw unexpectedState(intent, 'authenticated');
  if (agreed) return pay(draft, intent, card);
  const refused = draft.put<PaymentIntent>({
    ...intent,
    status: 'requires_payment_method',
    next_action: null,
    last_payment_error: {
      type: 'card_error',
      code: 'payment_intent_authentication_failure',
      message: 'The provided payment method has failed authentication.',
    },
  });
  draft.emit('payment_intent.payment_failed', refused);
  return refused;
}

function charge(draft: Draft, intent: PaymentIntent, card: TestCard, error: PaymentError | null): Charge {
  const id = newId('ch');
  return draft.put<Charge>({
    ...{ id, object: 'charge', created: draft.now, livemode: false, metadata: {} },
    ...{ amount: intent.amount, amount_captured: error ? 0 : intent.amount, amount_refunded: 0 },
    ...{ currency: intent.currency, customer: intent.customer, payment_intent: intent.id },
    ...{ status: error ? 'failed' : 'succeeded', paid: !error, captured: !error, refunded: false, disputed: false },
    ...{ failure_code: error?.code ?? null, failure_message: error?.message ?? null },
    payment_method_details: { type: 'card', card: cardOf(card) },
    receipt_url: error ? null : newId(`${id}-rcpt`),
  });
}

function pay(draft: Draft, intent: PaymentIntent, card: TestCard): PaymentIntent {
  const charged = charge(draft, intent, card, null);
  const paid = draft.put<PaymentIntent>({
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    payment_method: card.token,
    latest_charge: charged.id,
    last_payment_error: null,
    next_action: null,
  });
  draft.emit('charge.succeeded', charged);
  draft.emit('payment_intent.succeeded', paid);
  return paid;
}

function decline(
  draft: Draft,
  intent: PaymentIntent,
  card: TestCard,
  outcome: Extract<CardOutcome, { kind: 'declined' }>,
): PaymentIntent {
  const error: PaymentError = {
    type: 'card_error',
    code: outcome.code,
    message: outcome.message,
    ...(outcome.declineCode ? { decline_code: outcome.declineCode } : {}),
  };
  const charged = charge(draft, intent, card, error);
  const open = draft.put<PaymentIntent>({
    ...intent,
    status: 'requires_payment_method',
    latest_charge: charged.id,
    last_payment_error: error,
    next_action: null,
  });
  draft.emit('charge.failed', charged);
  draft.emit('payment_intent.payment_failed', open);
  return open;
}

export function cancel(draft: Draft, intent: PaymentIntent): PaymentIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'canceled');
  const canceled = draft.put<PaymentIntent>({
    ...intent,
    status: 'canceled',
    canceled_at: draft.now,
    next_action: null,
  });
  draft.emit('payment_intent.canceled', canceled);
  return canceled;
}

function paidCharge(draft: Draft, chargeId: string): Charge {
  const found = draft.get('charge', chargeId);
  if (!found) throw missing('charge', chargeId, 'charge');
  if (found.status !== 'succeeded') throw invalid('charge', 'This charge was not paid.', 'charge_not_refundable');
  return found;
}

/** Gives money back; `pending` refunds are settled or fail later. */
export function refund(
  draft: Draft,
  chargeId: string,
  asked: { amount?: number; pending?: boolean; reason?: string },
): Refund {
  const paid = paidCharge(draft, chargeId);
  const left = paid.amount - paid.amount_refunded;
  const amount = asked.amount ?? left;
  if (amount <= 0 || amount > left)
    throw invalid(
      'amount',
      `Refund amount is greater than unrefunded amount on charge (${left}).`,
      'charge_already_refunded',
    );
  const made = draft.put<Refund>({
    ...{ id: newId('re'), object: 'refund', created: draft.now, livemode: false, metadata: {} },
    ...{ amount, currency: paid.currency, charge: paid.id, payment_intent: paid.payment_intent },
    ...{ status: asked.pending ? 'pending' : 'succeeded', failure_reason: null, reason: asked.reason ?? null },
  });
  const refunded = draft.put<Charge>({
    ...paid,
    amount_refunded: paid.amount_refunded + amount,
    refunded: paid.amount_refunded + amount === paid.amount,
  });
  draft.emit('refund.created', made);
  draft.emit('charge.refunded', refunded);
  return made;
}

/** Ends a pending refund, or has a settled one come back from the bank. */
export function settleRefund(draft: Draft, refundId: string, status: 'succeeded' | 'failed'): Refund {
  const found = draft.get('refund', refundId);
  if (!found) throw missing('refund', refundId);
  const settled = draft.put<Refund>({
    ...found,
    status,
    failure_reason: status === 'failed' ? 'lost_or_stolen_card' : null,
  });
  const charged = paidCharge(draft, found.charge);
  if (status === 'failed') {
    const amountRefunded = charged.amount_refunded - found.amount;
    draft.put<Charge>({ ...charged, amount_refunded: amountRefunded, refunded: false });
    draft.emit('refund.failed', settled);
  }
  draft.emit('refund.updated', settled);
  return settled;
}

/** The holder disputes a charge: the bank takes the money. An inquiry only asks. */
export function openDispute(draft: Draft, chargeId: string, inquiry = false): Dispute {
  const paid = paidCharge(draft, chargeId);
  const dispute = draft.put<Dispute>({
    ...{ id: newId('du'), object: 'dispute', created: draft.now, livemode: false, metadata: {} },
    ...{ amount: paid.amount - paid.amount_refunded, currency: paid.currency, charge: paid.id },
    payment_intent: paid.payment_intent,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
    reason: 'fraudulent',
  });
  draft.put<Charge>({ ...paid, disputed: true });
  draft.emit('charge.dispute.created', dispute);
  if (!inquiry) draft.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

export function closeDispute(draft: Draft, disputeId: string, status: 'won' | 'lost'): Dispute {
  const found = draft.get('dispute', disputeId);
  if (!found) throw missing('dispute', disputeId);
  const closed = draft.put<Dispute>({ ...found, status });
  if (status === 'won') draft.emit('charge.dispute.funds_reinstated', closed);
  draft.emit('charge.dispute.closed', closed);
  return closed;
}
