/** The objects of Stripe's API as far as we use them; amounts are cents, times seconds since 1970. */
interface Common {
  id: string;
  created: number;
  livemode: false;
}
export type Metadata = Record<string, string>;

export interface Customer extends Common {
  object: 'customer';
  email: string | null;
  name: string | null;
  metadata: Metadata;
}

/** Why a payment did not go through, as Stripe says it. */
export interface PaymentError {
  type: 'card_error';
  code: string;
  decline_code?: string;
  message: string;
}

export interface PaymentIntent extends Common {
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  customer: string | null;
  description: string | null;
  metadata: Metadata;
  status: 'requires_payment_method' | 'requires_action' | 'succeeded' | 'canceled';
  client_secret: string;
  latest_charge: string | null;
  /** The card that was tried last. */
  payment_method: string | null;
  last_payment_error: PaymentError | null;
  next_action: { type: 'use_stripe_sdk' } | null;
  canceled_at: number | null;
  payment_method_types: string[];
}

export interface CardDetails {
  brand: string;
  last4: string;
}

export interface Charge extends Common {
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  customer: string | null;
  payment_intent: string;
  status: 'succeeded' | 'failed';
  paid: boolean;
  captured: boolean;
  refunded: boolean;
  disputed: boolean;
  failure_code: string | null;
  failure_message: string | null;
  payment_method_details: { type: 'card'; card: CardDetails };
  receipt_url: string | null;
  metadata: Metadata;
}

export interface Refund extends Common {
  object: 'refund';
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  status: 'pending' | 'succeeded' | 'failed';
  failure_reason: string | null;
  reason: string | null;
  metadata: Metadata;
}

export interface Dispute extends Common {
  object: 'dispute';
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  status: 'warning_needs_response' | 'needs_response' | 'won' | 'lost';
  reason: string;
  metadata: Metadata;
}

export type Resource = Customer | PaymentIntent | Charge | Refund | Dispute;

export interface StripeEvent extends Common {
  object: 'event';
  api_version: string;
  type: string;
  data: { object: Resource };
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
}

/** How far the webhook of an event is. */
export interface Delivery {
  object: 'delivery';
  /** The event's. */
  id: string;
  created: number;
  attempts: number;
  /** Milliseconds since 1970; null when it arrived or was given up. */
  nextAt: number | null;
}

/** What a call with an idempotency key was answered, so that its repetition is answered the same. */
export interface StoredAnswer {
  object: 'answer';
  /** The key. */
  id: string;
  created: number;
  fingerprint: string;
  status: number;
  body: string;
}

/** Everything that is kept, by its kind. */
export interface Objects {
  customer: Customer;
  payment_intent: PaymentIntent;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  event: StripeEvent;
  delivery: Delivery;
  answer: StoredAnswer;
}
export type Kind = keyof Objects;
export type OfKind<K extends Kind> = Objects[K];
export type Kept = Objects[Kind];
