import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, scriptedCard } from './faults.ts';
import { answerPage } from './pages/pages.ts';
import type { PageAnswer, PageRequest } from './pages/request.ts';
import { createBank } from './provider/bank.ts';
import type { Dispute, PaymentIntent, Refund, StripeEvent } from './provider/objects.ts';
import { closeDispute, openDispute, refund, settleRefund } from './provider/payments.ts';
import { openStore } from './provider/store.ts';
import { serveApi } from './serve-api.ts';
import { createWebhooks, type Webhooks, type WebhookTarget } from './webhooks.ts';

export interface TestPaymentsOptions {
  /** Where its state is kept; null keeps it in memory. */
  folder: string | null;
  secretKey: string;
  /** Origin that browsers know, for receipts. */
  publicUrl: string;
  /** Where events go; null keeps them. */
  webhook: WebhookTarget | null;
  /** Milliseconds until a webhook that was not taken is sent again; 1 s to 5 min by default. */
  webhookWaitMs?(attempt: number): number;
}

export interface TestPayments {
  /** Where its API answers, on loopback. */
  url: string;
  faults: Fault[];
  webhooks: Webhooks;
  /** Its pages for browsers, below /test-payments/. */
  page(request: PageRequest): PageAnswer;
  intents(): PaymentIntent[];
  events(): StripeEvent[];
  /** What the provider, the bank or the card's holder does by itself. */
  act: {
    refund(chargeId: string, asked?: { amount?: number; pending?: boolean }): Refund;
    settleRefund(id: string, status: 'succeeded' | 'failed'): Refund;
    dispute(chargeId: string, inquiry?: boolean): Dispute;
    closeDispute(id: string, status: 'won' | 'lost'): Dispute;
  };
  close(): Promise<void>;
}

const defaultWaitMs = (attempt: number) => Math.min(1000 * 2 ** (attempt - 1), 300_000);

/** Starts the provider of test mode: it speaks Stripe's protocol and moves no money. */
export async function startTestPayments(options: TestPaymentsOptions): Promise<TestPayments> {
  const { folder, secretKey, publicUrl, webhook, webhookWaitMs = defaultWaitMs } = options;
  const faults: Fault[] = [];
  const store = openStore(folder, Date.now() / 1000);
  const bank = createBank(store, publicUrl, () => webhooks.poke());
  const bodyOf = (id: string) => {
    const event = store.get('event', id);
    return event ? JSON.stringify(bank.show(event), null, 2) : null;
  };
  const webhooks = createWebhooks({ store, target: webhook, bodyOf, waitMs: webhookWaitMs });
  const server = createServer((request, response) => {
    serveApi({ bank, secretKey, faults }, request, response).catch(() => response.destroy());
  });
  const url = await listen(server);
  webhooks.poke();
  const { change } = bank;
  return {
    ...{ url, faults, webhooks },
    page: (request) => answerPage({ store, change, cardFor: (card) => scriptedCard(faults, card) }, request),
    intents: () => store.all('payment_intent'),
    events: () => store.all('event'),
    act: {
      refund: (chargeId, asked = {}) => change((draft) => refund(draft, chargeId, asked)),
      settleRefund: (id, status) => change((draft) => settleRefund(draft, id, status)),
      dispute: (chargeId, inquiry) => change((draft) => openDispute(draft, chargeId, inquiry)),
      closeDispute: (id, status) => change((draft) => closeDispute(draft, id, status)),
    },
    close: async () => {
      await webhooks.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
