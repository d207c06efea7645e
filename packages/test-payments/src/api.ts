import { type Form, textOf } from './form.ts';
import { cardByToken, type TestCard } from './provider/cards.ts';
import { createCustomer, createIntent } from './provider/create.ts';
import type { Draft } from './provider/draft.ts';
import type { Kind, OfKind, PaymentIntent, Resource, StripeEvent } from './provider/objects.ts';
import { cancel, confirm, refund } from './provider/payments.ts';
import { invalid, missing, Refusal } from './provider/refusal.ts';
import type { Store } from './provider/store.ts';

export interface ApiCall {
  method: string;
  /** Path below `/v1/`, such as `payment_intents/pi_1/confirm`. */
  path: string;
  query: Form;
  form: Form;
}

export interface ApiWorld {
  store: Store;
  draft: Draft;
  /** Decides instead of the card, where a test has scripted it. */
  cardFor(card: TestCard): TestCard;
}

type List = { object: 'list'; url: string; has_more: boolean; data: (Resource | StripeEvent)[] };
export type ApiAnswer = Resource | StripeEvent | List;

/** Answers a call of Stripe's API; throws a Refusal in Stripe's form. */
export function answerApi(world: ApiWorld, call: ApiCall): ApiAnswer {
  const [resource = '', id, action] = call.path.split('/');
  const handler = routes[`${call.method} ${resource}${id ? '/:id' : ''}${action ? `/${action}` : ''}`];
  if (handler) return handler(world, call, id ?? '');
  throw new Refusal(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${call.method}: /v1/${call.path}).`,
  });
}

type Handler = (world: ApiWorld, call: ApiCall, id: string) => ApiAnswer;

const find = <K extends Kind>({ draft }: ApiWorld, kind: K, id: string): OfKind<K> => {
  const found = draft.get(kind, id);
  if (!found) throw missing(kind, id);
  return found;
};

const PAGE = 100;
/** Newest first, after `starting_after`. */
function list<K extends 'refund' | 'dispute' | 'event'>(
  { store }: ApiWorld,
  { query, path }: ApiCall,
  kind: K,
  fits: (one: OfKind<K>) => boolean,
): List {
  const all: (Resource | StripeEvent)[] = store.all(kind).filter(fits).reverse();
  const after = textOf(query.starting_after);
  const from = after ? all.findIndex((one) => one.id === after) + 1 : 0;
  const limit = Math.min(Number(textOf(query.limit) ?? 10) || 10, PAGE);
  return {
    object: 'list',
    url: `/v1/${path}`,
    has_more: all.length > from + limit,
    data: all.slice(from, from + limit),
  };
}

const ofIntent =
  ({ query }: ApiCall) =>
  (one: { payment_intent: string; charge: string }): boolean => {
    const intent = textOf(query.payment_intent);
    const charge = textOf(query.charge);
    return (!intent || one.payment_intent === intent) && (!charge || one.charge === charge);
  };

function confirmed(world: ApiWorld, { form }: ApiCall, id: string): PaymentIntent {
  const card = cardByToken(textOf(form.payment_method) ?? '');
  if (!card) throw invalid('payment_method', 'This is not a payment method of test mode.', 'resource_missing');
  const intent = confirm(world.draft, find(world, 'payment_intent', id), world.cardFor(card));
  if (!intent.last_payment_error) return intent;
  const declined = { ...intent.last_payment_error, charge: intent.latest_charge, payment_intent: intent };
  throw new Refusal(402, declined);
}

const routes: Readonly<Record<string, Handler>> = {
  'POST customers': ({ draft }, { form }) => createCustomer(draft, form),
  'GET customers/:id': (world, _call, id) => find(world, 'customer', id),
  'POST payment_intents': ({ draft }, { form }) => createIntent(draft, form),
  'GET payment_intents/:id': (world, _call, id) => find(world, 'payment_intent', id),
  'POST payment_intents/:id/confirm': confirmed,
  'POST payment_intents/:id/cancel': (world, _call, id) => cancel(world.draft, find(world, 'payment_intent', id)),
  'GET charges/:id': (world, _call, id) => find(world, 'charge', id),
  'POST refunds': (world, { form }) => {
    const intent = textOf(form.payment_intent);
    const charge = textOf(form.charge) ?? (intent ? find(world, 'payment_intent', intent).latest_charge : null);
    if (!charge) throw invalid('charge', 'One of charge or payment_intent is required.', 'parameter_missing');
    const amount = textOf(form.amount);
    return refund(world.draft, charge, amount ? { amount: Number(amount) } : {});
  },
  'GET refunds/:id': (world, _call, id) => find(world, 'refund', id),
  'GET refunds': (world, call) => list(world, call, 'refund', ofIntent(call)),
  'GET disputes/:id': (world, _call, id) => find(world, 'dispute', id),
  'GET disputes': (world, call) => list(world, call, 'dispute', ofIntent(call)),
  'GET events/:id': (world, _call, id) => find(world, 'event', id),
  'GET events': (world, call) =>
    list(world, call, 'event', ({ type }) => [null, type].includes(textOf(call.query.type))),
};
