import type Stripe from 'stripe';
import { WebhookRefused } from './payments.ts';

const TOLERANCE_SECONDS = 300;

/** The event of a signed body. The SDK takes signatures from the future: those are refused here. */
export function readWebhook(
  stripe: typeof Stripe,
  webhook: { body: Buffer; signature: string | undefined; secret: string; now: Date },
): { id: string; type: string } {
  const { body, signature, secret, now } = webhook;
  if (!signature) throw new WebhookRefused('there is no Stripe-Signature header');
  const event = verified(() =>
    stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_SECONDS, undefined, now.getTime()),
  );
  const signedAt = Number(/(?:^|,)\s*t=(\d+)/.exec(signature)?.[1]);
  if (!(signedAt - now.getTime() / 1000 <= TOLERANCE_SECONDS)) throw new WebhookRefused('it is from the future');
  if (typeof event.id !== 'string' || typeof event.type !== 'string') throw new WebhookRefused('it is no event');
  return { id: event.id, type: event.type };
}

function verified<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/tolerance/.test(message)) throw new WebhookRefused('it is too old');
    if (error instanceof SyntaxError) throw new WebhookRefused('it is not JSON');
    throw new WebhookRefused('the signature does not fit');
  }
}

/** What an event is about, by the forms of its object. */
export function intentOf(body: string): string | null {
  const object = objectOf(JSON.parse(body));
  if (!object) return null;
  const id = object.object === 'payment_intent' ? object.id : idOf(object.payment_intent);
  return typeof id === 'string' ? id : null;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const objectOf = (event: unknown): Fields | null =>
  isFields(event) && isFields(event.data) && isFields(event.data.object) ? event.data.object : null;
/** A reference is an id, or the object itself where it was expanded. */
const idOf = (reference: unknown): unknown => (isFields(reference) ? reference.id : reference);
