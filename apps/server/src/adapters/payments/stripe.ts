import type Stripe from 'stripe';
import { CustomerUnknown, type Intent, type NewIntent, type Payments, PaymentsUnavailable } from './payments.ts';
import { REFERENCE, settlementOf } from './settlement.ts';
import { intentOf, readWebhook } from './webhook.ts';

export interface StripeOptions {
  provider: Payments['provider'];
  secretKey: string;
  publishableKey: string | null;
  webhookSecret: string;
  /** Where the API answers; Stripe's own host by default. */
  baseUrl: string | undefined;
}

const TIMEOUT_MS = 10_000;
/** More than anybody has of one payment. */
const MOST = 1_000;

/** Payments by Stripe's protocol: Stripe itself, or the provider of test mode on loopback. */
export async function createStripePayments(options: StripeOptions): Promise<Payments> {
  // Loaded here: it takes 0.1 s, which passes while the database starts.
  const { default: StripeSdk } = await import('stripe');
  const stripe = new StripeSdk(options.secretKey, {
    ...placeOf(options.baseUrl),
    timeout: TIMEOUT_MS,
    // A lost answer is asked for again with the same idempotency key.
    maxNetworkRetries: 2,
    telemetry: false,
  });
  const ask = <T>(call: () => Promise<T>) => call().catch(translate);
  const found = <T>(call: () => Promise<T>) => ask(() => call().catch(nullWhenMissing));

  return {
    provider: options.provider,
    publishableKey: options.publishableKey,
    createCustomer: ({ key, email, name, reference }) =>
      ask(async () => {
        const customer = { email, name, metadata: { [REFERENCE]: reference } };
        return (await stripe.customers.create(customer, { idempotencyKey: key })).id;
      }),
    createIntent: (intent) => ask(async () => toIntent(await createIntent(stripe, intent).catch(customerUnknown))),
    findIntent: async (id) => {
      const intent = await found(() => stripe.paymentIntents.retrieve(id));
      return intent && toIntent(intent);
    },
    settlement: async (id) => {
      const intent = await found(() => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));
      if (!intent) return null;
      if (intent.status !== 'succeeded') return settlementOf(intent, [], []);
      const [refunds, disputes] = await ask(() =>
        Promise.all([
          stripe.refunds.list({ payment_intent: id, limit: 100 }).autoPagingToArray({ limit: MOST }),
          stripe.disputes.list({ payment_intent: id, limit: 100 }).autoPagingToArray({ limit: MOST }),
        ]),
      );
      return settlementOf(intent, refunds, disputes);
    },
    readWebhook: (body, signature, now) =>
      readWebhook(StripeSdk, { body, signature, secret: options.webhookSecret, now }),
    intentOf,
    cardPage: ({ id, clientSecret }, { returnPath, locale }) => {
      if (options.provider !== 'test') return null;
      return `/test-payments/pay/${id}?${new URLSearchParams({ secret: clientSecret, return: returnPath, lang: locale })}`;
    },
  };
}

function createIntent(stripe: Stripe, { key, amountCents, customerId, reference }: NewIntent) {
  return stripe.paymentIntents.create(
    {
      amount: amountCents,
      currency: 'usd',
      customer: customerId,
      description: 'TalkIDE credit',
      metadata: { [REFERENCE]: reference },
      automatic_payment_methods: { enabled: true },
    },
    { idempotencyKey: key },
  );
}

function toIntent({ id, client_secret: clientSecret, status }: Stripe.PaymentIntent): Intent {
  return { id, clientSecret: clientSecret ?? '', isPayable: status !== 'succeeded' && status !== 'canceled' };
}

function placeOf(baseUrl: string | undefined) {
  if (!baseUrl) return {};
  const { protocol, hostname, port } = new URL(baseUrl);
  const scheme = protocol === 'http:' ? ('http' as const) : ('https' as const);
  return { host: hostname, port: port || (scheme === 'http' ? '80' : '443'), protocol: scheme };
}

/** The fields of an SDK's error; its classes are loaded late. */
interface Failure {
  type?: unknown;
  code?: unknown;
  statusCode?: unknown;
  param?: unknown;
  requestId?: unknown;
}

function nullWhenMissing(error: Failure): null {
  if (error.code === 'resource_missing') return null;
  throw error;
}

function customerUnknown(error: Failure): never {
  if (error.code !== 'resource_missing' || error.param !== 'customer') throw error;
  throw new CustomerUnknown('The payment provider does not know this customer.');
}

/** No connection, a busy or broken provider, or a key that it does not take: the person can only wait. */
const isPassing = (status: number) => status === 0 || [401, 403, 409, 429].includes(status) || status >= 500;

/** What the SDK throws holds headers and whole objects, secrets among them: none of it goes on to a log. */
function translate(error: Failure): never {
  if (typeof error.type !== 'string' || !error.type.startsWith('Stripe')) throw error;
  const status = Number(error.statusCode ?? 0);
  const facts = [error.type, status, error.code, error.requestId].filter(Boolean).join(', ');
  if (isPassing(status)) throw new PaymentsUnavailable(`The payment provider did not answer (${facts}).`);
  throw new Error(`The payment provider refused a call (${facts}).`);
}
