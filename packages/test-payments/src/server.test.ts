import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTestPayments, type TestPayments, type TestPaymentsOptions } from './index.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const SECRET = 'whsec_test';
async function start(changes: Partial<TestPaymentsOptions> = {}) {
  const provider = await startTestPayments({
    ...{ folder: null, secretKey: 'sk_test_x', publicUrl: 'http://localhost:9090', webhook: null },
    ...changes,
  });
  closers.push(provider.close);
  return { provider, stripe: clientOf(provider) };
}
function clientOf(provider: TestPayments, key = 'sk_test_x') {
  const { hostname, port } = new URL(provider.url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 2, telemetry: false });
}
const ten = { amount: 1000, currency: 'usd', metadata: { order: '7' } } as const;

/** A platform that takes webhooks when it is told to. */
async function receiver() {
  const taken: { type: string; id: string }[] = [];
  const state = { status: 200, asked: 0 };
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    state.asked += 1;
    const event = new Stripe('sk').webhooks.constructEvent(body, String(request.headers['stripe-signature']), SECRET);
    if (state.status === 200) taken.push({ type: event.type, id: event.id });
    response.writeHead(state.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const webhook = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, secret: SECRET };
  return { taken, state, webhook };
}

describe('the API, asked by the official SDK', () => {
  it('makes customers and intents, and finds them again', async () => {
    const { stripe } = await start();
    const customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { user: '1' } });
    const made = await stripe.paymentIntents.create({ ...ten, customer: customer.id });
    expect(made).toMatchObject({ amount: 1000, status: 'requires_payment_method', metadata: { order: '7' } });
    expect(await stripe.paymentIntents.retrieve(made.id)).toMatchObject({ id: made.id, customer: customer.id });
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: 'ada@example.com' });
  });

  it('charges a card, with the charge in full where it is asked for', async () => {
    const { stripe } = await start();
    const { id } = await stripe.paymentIntents.create(ten);
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', expand: ['latest_charge'] });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 1000, latest_charge: { paid: true } });
    const charge = paid.latest_charge as Stripe.Charge;
    expect(charge.receipt_url).toMatch(/^http:\/\/localhost:9090\/test-payments\/receipts\/ch_/);
    await expect(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('says why a card is declined, in Stripe’s form', async () => {
    const { stripe } = await start();
    const { id } = await stripe.paymentIntents.create(ten);
    const declined = stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' });
    await expect(declined).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_payment_method' });
  });

  it('gives back what was paid, never more', async () => {
    const { stripe } = await start();
    const { id } = await stripe.paymentIntents.create(ten);
    await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    await stripe.refunds.create({ payment_intent: id, amount: 400 });
    await expect(stripe.refunds.create({ payment_intent: id, amount: 601 })).rejects.toMatchObject({ statusCode: 400 });
    const { data } = await stripe.refunds.list({ payment_intent: id });
    expect(data.map((one) => [one.amount, one.status])).toEqual([[400, 'succeeded']]);
  });

  it('refuses a wrong key, an unknown id and an unknown address', async () => {
    const { provider, stripe } = await start();
    await expect(clientOf(provider, 'sk_other').balance.retrieve()).rejects.toMatchObject({ statusCode: 401 });
    await expect(stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject({ code: 'resource_missing' });
    await expect(stripe.balance.retrieve()).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.paymentIntents.create({ ...ten, amount: 49 })).rejects.toMatchObject({
      code: 'amount_too_small',
    });
  });
});

describe('idempotency', () => {
  it('repeats the answer of a key, also after the connection was lost, and refuses other words', async () => {
    const { provider, stripe } = await start();
    provider.faults.push({ kind: 'lost_answer', on: 'POST payment_intents' });
    const made = await stripe.paymentIntents.create(ten, { idempotencyKey: 'k1' });
    const again = await stripe.paymentIntents.create(ten, { idempotencyKey: 'k1' });
    expect(again.id).toBe(made.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(provider.intents()).toHaveLength(1);
    await expect(
      stripe.paymentIntents.create({ ...ten, amount: 2000 }, { idempotencyKey: 'k1' }),
    ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  });

  it('does nothing where it fails before', async () => {
    const { provider, stripe } = await start();
    provider.faults.push({ kind: 'status', on: 'POST payment_intents', status: 500 });
    await stripe.paymentIntents.create(ten, { idempotencyKey: 'k2' });
    expect(provider.intents()).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('are signed so that the SDK takes them, and are sent again until they are taken', async () => {
    const { taken, state, webhook } = await receiver();
    state.status = 500;
    const { provider, stripe } = await start({ webhook, webhookWaitMs: () => 5 });
    await stripe.paymentIntents.create(ten);
    await vi.waitFor(() => expect(state.asked).toBeGreaterThan(2), 15_000);
    state.status = 200;
    await vi.waitFor(() => expect(taken.map((one) => one.type)).toEqual(['payment_intent.created']), 15_000);
    await vi.waitFor(() => expect(provider.events()[0]?.pending_webhooks).toBe(0), 15_000);
  });

  it('can be held back and sent in any order, any number of times', async () => {
    const { taken, webhook } = await receiver();
    const { provider, stripe } = await start({ webhook });
    provider.webhooks.hold();
    const { id } = await stripe.paymentIntents.create(ten);
    await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    for (const event of provider.events().reverse()) {
      for (const _ of [1, 2]) expect(await provider.webhooks.send(event.id)).toBe(200);
    }
    expect(taken.slice(0, 2).map((one) => one.type)).toEqual(Array(2).fill('payment_intent.succeeded'));
    expect(taken).toHaveLength(6);
  });

  it('and everything else outlive a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'test-payments-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const first = await start({ folder });
    const { id } = await first.stripe.paymentIntents.create(ten, { idempotencyKey: 'k' });
    await first.provider.close();
    const { taken, webhook } = await receiver();
    const second = await start({ folder, webhook });
    expect((await second.stripe.paymentIntents.create(ten, { idempotencyKey: 'k' })).id).toBe(id);
    await vi.waitFor(() => expect(taken.map((one) => one.type)).toEqual(['payment_intent.created']), 15_000);
  });
});
