import { randomBytes } from 'node:crypto';
import { type Form, textOf, textsOf } from '../form.ts';
import { type Draft, newId } from './draft.ts';
import type { Customer, PaymentIntent } from './objects.ts';
import { invalid, missing } from './refusal.ts';

export function createCustomer(draft: Draft, form: Form): Customer {
  const customer = draft.put<Customer>({
    ...{ id: newId('cus'), object: 'customer', created: draft.now, livemode: false },
    ...{ email: textOf(form.email), name: textOf(form.name), metadata: textsOf(form.metadata) },
  });
  draft.emit('customer.created', customer);
  return customer;
}

/** The smallest and the largest amount that Stripe takes in US dollars, in cents. */
const [LEAST, MOST] = [50, 99_999_999];

export function createIntent(draft: Draft, form: Form): PaymentIntent {
  const text = textOf(form.amount) ?? '';
  if (!/^\d{1,12}$/.test(text)) throw invalid('amount', `Invalid integer: ${text}`, 'parameter_invalid_integer');
  const amount = Number(text);
  if (amount < LEAST) throw invalid('amount', 'Amount must be at least $0.50 usd', 'amount_too_small');
  if (amount > MOST) throw invalid('amount', 'Amount must be no more than $999,999.99', 'amount_too_large');
  const customer = textOf(form.customer);
  if (customer && !draft.get('customer', customer)) throw missing('customer', customer, 'customer');
  const id = newId('pi');
  const intent = draft.put<PaymentIntent>({
    ...{ id, object: 'payment_intent', created: draft.now, livemode: false, metadata: textsOf(form.metadata) },
    ...{ amount, amount_received: 0, currency: textOf(form.currency) ?? 'usd', customer },
    ...{ description: textOf(form.description), status: 'requires_payment_method' },
    client_secret: `${id}_secret_${randomBytes(16).toString('hex')}`,
    ...{ latest_charge: null, payment_method: null, last_payment_error: null, next_action: null, canceled_at: null },
    payment_method_types: ['card'],
  });
  draft.emit('payment_intent.created', intent);
  return intent;
}
