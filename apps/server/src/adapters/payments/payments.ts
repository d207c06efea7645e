/** The provider gave no answer, or none that means anything: the call may be made again with the same key. */
export class PaymentsUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable';
}

/** The provider has no such customer: it was made at another account. */
export class CustomerUnknown extends Error {
  override readonly name = 'CustomerUnknown';
}

/** A webhook that is not what it says to be; the message is the reason. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

/** What a person is going to pay. */
export interface Intent {
  id: string;
  /** With it the browser may pay, and nobody else: never in a row or a log. */
  clientSecret: string;
  /** False when it is paid or called off. */
  isPayable: boolean;
}

export interface NewIntent {
  /** The same key gives the same intent, for a day. */
  key: string;
  amountCents: number;
  customerId: string;
  /** What it is for: comes back in its settlement. */
  reference: string;
}

/** What has become of an intent's money by now. */
export interface Settlement {
  intentId: string;
  reference: string | null;
  amountCents: number;
  currency: string;
  /** OPEN: nobody has tried, or somebody is at it; DECLINED may be tried again; PAID and CANCELED are final. */
  state: 'OPEN' | 'DECLINED' | 'PAID' | 'CANCELED';
  /** Why the last try failed, as Stripe names it. */
  failureCode: string | null;
  receiptUrl: string | null;
  /** The oldest first. A failed refund is one that came back. */
  refunds: { id: string; amountCents: number; failed: boolean }[];
  /** The oldest first. INQUIRY takes no money; WITHDRAWN took it; REINSTATED took it and gave it back. */
  disputes: { id: string; amountCents: number; state: 'INQUIRY' | 'WITHDRAWN' | 'REINSTATED' }[];
}

/** The port to whoever takes the money. Every call may throw PaymentsUnavailable. Amounts are cents of US dollars. */
export interface Payments {
  /** `test`: no real money moves. */
  readonly provider: 'test' | 'stripe';
  /** What the browser shows the provider; null where it needs none. */
  readonly publishableKey: string | null;
  /** Makes a customer; the same key gives the same one, for a day. */
  createCustomer(customer: { key: string; email: string; name: string; reference: string }): Promise<string>;
  /** Throws CustomerUnknown. */
  createIntent(intent: NewIntent): Promise<Intent>;
  /** Null when there is no such intent. */
  findIntent(id: string): Promise<Intent | null>;
  /** Null when there is no such intent. */
  settlement(intentId: string): Promise<Settlement | null>;
  /** Checks who sent a webhook and when; throws WebhookRefused. */
  readWebhook(body: Buffer, signature: string | undefined, now: Date): { id: string; type: string };
  /** The intent that the body of a webhook is about; null when it is about none. */
  intentOf(body: string): string | null;
  /** Path of the page where the browser pays; null where it pays in place, with the client secret. */
  cardPage(intent: Intent, back: { returnPath: string; locale: 'en' | 'cs' }): string | null;
}
