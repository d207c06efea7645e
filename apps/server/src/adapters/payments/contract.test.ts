import { startTestPayments } from '@talkide/test-payments';
import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CustomerUnknown, PaymentsUnavailable, WebhookRefused } from './payments.ts';
import { createStripePayments } from './stripe.ts';

const webhookSecret = 'whsec_contract';
const provider = await startTestPayments({
  ...{ folder: null, secretKey: 'sk_test_contract', publicUrl: 'http://localhost:9090', webhook: null },
});
afterAll(provider.close);
beforeEach(() => {
  provider.faults.splice(0);
});

const options = { secretKey: 'sk_test_contract', webhookSecret, baseUrl: provider.url };
const adapters = [
  ['test mode', await createStripePayments({ ...options, provider: 'test', publishableKey: null })],
  ['Stripe', await createStripePayments({ ...options, provider: 'stripe', publishableKey: 'pk_test_contract' })],
] as const;

let keys = 0;
const key = () => `key-${++keys}`;
/** The card's holder, and whoever runs the provider. */
const { hostname, port } = new URL(provider.url);
const outside = new Stripe('sk_test_contract', { host: hostname, port, protocol: 'http', telemetry: false });
const payBy = (intentId: string, card = 'pm_card_visa') =>
  outside.paymentIntents.confirm(intentId, { payment_method: card });

describe.each(adapters)('the port to %s', (_name, payments) => {
  const customer = () => payments.createCustomer({ key: key(), email: 'a@example.com', name: 'Ada', reference: 'u1' });
  const intent = async (changes: { key?: string; amountCents?: number } = {}) =>
    payments.createIntent({ key: key(), amountCents: 2550, customerId: await customer(), reference: 'r7', ...changes });
  const settled = async (id: string) => {
    const settlement = await payments.settlement(id);
    if (!settlement) throw new Error('no settlement');
    return settlement;
  };

  it('makes an intent that can be paid and is found again', async () => {
    const made = await intent();
    expect(made).toMatchObject({ isPayable: true, clientSecret: expect.stringContaining(made.id) });
    expect(await payments.findIntent(made.id)).toEqual(made);
    expect(await settled(made.id)).toEqual({
      ...{ intentId: made.id, reference: 'r7', amountCents: 2550, currency: 'usd', state: 'OPEN' },
      ...{ failureCode: null, receiptUrl: null, refunds: [], disputes: [] },
    });
  });

  it('answers null where there is no such intent', async () => {
    expect(await payments.findIntent('pi_none')).toBeNull();
    expect(await payments.settlement('pi_none')).toBeNull();
  });

  it('makes one customer and one intent for a key, also when the answer was lost', async () => {
    const same = key();
    const ada = { key: key(), email: 'a@example.com', name: 'Ada', reference: 'u1' };
    const customerId = await payments.createCustomer(ada);
    expect(await payments.createCustomer(ada)).toBe(customerId);
    const before = provider.intents().length;
    const asked = { key: same, amountCents: 500, customerId, reference: 'r8' };
    provider.faults.push({ kind: 'lost_answer', on: 'POST payment_intents' });
    const made = await payments.createIntent(asked);
    expect((await payments.createIntent(asked)).id).toBe(made.id);
    expect(provider.intents().length - before).toBe(1);
  });

  it('throws CustomerUnknown where the customer is of another account', async () => {
    const asked = payments.createIntent({ key: key(), amountCents: 500, customerId: 'cus_other', reference: 'r' });
    await expect(asked).rejects.toBeInstanceOf(CustomerUnknown);
  });

  it('throws PaymentsUnavailable where the provider stays out of order', async () => {
    const customerId = await customer();
    for (let n = 0; n < 3; n += 1) provider.faults.push({ kind: 'status', on: 'POST payment_intents', status: 503 });
    const asked = payments.createIntent({ key: key(), amountCents: 500, customerId, reference: 'r' });
    await expect(asked).rejects.toBeInstanceOf(PaymentsUnavailable);
    for (let n = 0; n < 3; n += 1) provider.faults.push({ kind: 'status', on: 'GET payment_intents', status: 500 });
    await expect(payments.findIntent('pi_none')).rejects.toBeInstanceOf(PaymentsUnavailable);
  });

  it('passes on nothing of what the provider’s errors carry along', async () => {
    const refused = await payments
      .createIntent({ key: key(), amountCents: 1, customerId: await customer(), reference: 'r' })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(Object.keys(refused as Error)).toEqual([]);
    expect((refused as Error).cause).toBeUndefined();
    expect((refused as Error).message).toMatch(
      /refused a call \(StripeInvalidRequestError, 400, amount_too_small, req_/,
    );
  });

  it('says that it is paid, with a receipt', async () => {
    const { id } = await intent();
    await payBy(id);
    expect(await settled(id)).toMatchObject({ state: 'PAID', amountCents: 2550, failureCode: null });
    expect((await settled(id)).receiptUrl).toMatch(/^http/);
    expect(await payments.findIntent(id)).toMatchObject({ isPayable: false });
  });

  it.each([
    ['pm_card_chargeDeclined', 'DECLINED', 'card_declined'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'DECLINED', 'insufficient_funds'],
    ['pm_card_authenticationRequired', 'OPEN', null],
  ] as const)('%s leaves it %s', async (card, state, failureCode) => {
    const { id } = await intent();
    await payBy(id, card).catch(() => {});
    expect(await settled(id)).toMatchObject({ state, failureCode });
    expect(await payments.findIntent(id)).toMatchObject({ isPayable: true });
  });

  it('says that it was called off', async () => {
    const { id } = await intent();
    await outside.paymentIntents.cancel(id);
    expect(await settled(id)).toMatchObject({ state: 'CANCELED' });
    expect(await payments.findIntent(id)).toMatchObject({ isPayable: false });
  });

  it('lists refunds and disputes with what became of them', async () => {
    const { id } = await intent();
    const charge = String((await payBy(id)).latest_charge);
    const kept = provider.act.refund(charge, { amount: 100 });
    const back = provider.act.refund(charge, { amount: 200, pending: true });
    provider.act.settleRefund(back.id, 'failed');
    const dispute = provider.act.dispute(charge);
    const { refunds, disputes } = await settled(id);
    expect(refunds).toHaveLength(2);
    expect(refunds).toContainEqual({ id: kept.id, amountCents: 100, failed: false });
    expect(refunds).toContainEqual({ id: back.id, amountCents: 200, failed: true });
    expect(disputes).toEqual([{ id: dispute.id, amountCents: 2450, state: 'WITHDRAWN' }]);
    provider.act.closeDispute(dispute.id, 'won');
    expect((await settled(id)).disputes).toMatchObject([{ state: 'REINSTATED' }]);
    expect(JSON.stringify(provider.events().at(-1))).toContain(id);
    expect(payments.intentOf(JSON.stringify(provider.events().at(-1)))).toBe(id);
  });

  it('an inquiry takes no money', async () => {
    const { id } = await intent();
    provider.act.dispute(String((await payBy(id)).latest_charge), true);
    expect((await settled(id)).disputes).toMatchObject([{ state: 'INQUIRY' }]);
  });

  describe('a webhook', () => {
    const now = new Date('2026-11-25T12:00:00Z');
    const at = now.getTime() / 1000;
    const body = Buffer.from(JSON.stringify({ id: 'evt_1', object: 'event', type: 'x.y', data: { object: {} } }));
    const sign = (timestamp: number, secret = webhookSecret) =>
      outside.webhooks.generateTestHeaderString({ payload: body.toString(), secret, timestamp });

    it.each([0, -300, 300])('signed %i seconds from now is taken', (offset) => {
      expect(payments.readWebhook(body, sign(at + offset), now)).toEqual({ id: 'evt_1', type: 'x.y' });
    });

    it.each([
      ['too old', sign(at - 301), 'it is too old'],
      ['from the future', sign(at + 301), 'it is from the future'],
      ['signed by another secret', sign(at, 'whsec_other'), 'the signature does not fit'],
      [
        'signed for another body',
        sign(at).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        'the signature does not fit',
      ],
      ['not signed', undefined, 'there is no Stripe-Signature header'],
      ['signed with nonsense', 'x', 'the signature does not fit'],
    ])('%s is refused', (_how, signature, reason) => {
      expect(() => payments.readWebhook(body, signature, now)).toThrow(new WebhookRefused(reason));
    });

    it('about something else is about no intent', () => expect(payments.intentOf(body.toString())).toBeNull());
  });
});

describe('where the browser pays', () => {
  it('is the card page in test mode, and in place with Stripe', async () => {
    const [[, test], [, stripe]] = adapters;
    const intent = { id: 'pi_1', clientSecret: 'pi_1_secret_x', isPayable: true };
    const back = { returnPath: '/billing/credit?topup=7', locale: 'cs' } as const;
    expect(test.cardPage(intent, back)).toBe(
      '/test-payments/pay/pi_1?secret=pi_1_secret_x&return=%2Fbilling%2Fcredit%3Ftopup%3D7&lang=cs',
    );
    expect(stripe.cardPage(intent, back)).toBeNull();
  });
});
