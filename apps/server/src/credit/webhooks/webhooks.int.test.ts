import { createHmac } from 'node:crypto';
import { creditRoutes } from '@talkide/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { allHandled, books, creditRig, newPerson, payByCard, WEBHOOK_SECRET } from '../testing/rig.ts';
import { askForReplay, readBooks, stillWaiting } from './replay.ts';

const { db } = await testDatabase();
const rig = await creditRig(db);
const { app, provider, clock } = rig;
afterEach(() => provider.webhooks.resume());

const sign = (body: string, atSeconds = Math.floor(clock.now().getTime() / 1000), secret = WEBHOOK_SECRET) =>
  `t=${atSeconds},v1=${createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')}`;
const post = (body: string, signature: string | undefined) =>
  app.inject({
    method: 'POST',
    url: '/webhooks/stripe',
    headers: { 'content-type': 'application/json', ...(signature ? { 'stripe-signature': signature } : {}) },
    payload: body,
  });
const stored = (eventId: string) =>
  db.system((tx) =>
    tx.selectFrom('stripe_webhook_events').selectAll().where('stripe_event_id', '=', eventId).execute(),
  );
let events = 0;
const event = (type: string, object: object = {}) =>
  JSON.stringify({ id: `evt_own_${++events}`, object: 'event', type, data: { object } }, null, 2);

/** A paid top-up of 20 dollars, with the charge that its provider has. */
async function paid(amountUsd = '20') {
  const person = await newPerson(rig);
  const { id, payment } = (await person.begin(amountUsd)).body;
  await payByCard(rig, payment.cardPageUrl);
  const intent = provider.intents().find((one) => one.client_secret === payment.clientSecret);
  if (!intent?.latest_charge) throw new Error('not paid');
  return { ...person, topUpId: id, intentId: intent.id, charge: intent.latest_charge };
}
const credit = async (userId: string) => Number((await books(db, userId)).credit);
const kinds = async (userId: string) => (await books(db, userId)).entries.map((entry) => entry.kind).sort();

describe('a webhook', () => {
  it('is stored as it came, once', async () => {
    const body = event('customer.created', { ř: 'ž' });
    for (const _ of [1, 2, 3]) expect((await post(body, sign(body))).json()).toEqual({ received: true });
    const rows = await stored(JSON.parse(body).id);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ type: 'customer.created', payload_json: body, handled_at: expect.any(Date) });
  });

  it.each([
    ['unsigned', (_: string) => undefined],
    ['of a wrong secret', (body: string) => sign(body, undefined, 'whsec_other')],
    ['changed on the way', (body: string) => sign(`${body} `)],
    ['too old', (body: string) => sign(body, Math.floor(clock.now().getTime() / 1000) - 302)],
    ['from the future', (body: string) => sign(body, Math.floor(clock.now().getTime() / 1000) + 302)],
  ])('%s is refused and not stored', async (_how, signature) => {
    const body = event('payment_intent.succeeded');
    const answer = await post(body, signature(body));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'webhook_refused']);
    expect(await stored(JSON.parse(body).id)).toEqual([]);
  });

  it('about a payment of others changes nothing', async () => {
    const before = await readBooks(db);
    const body = event('payment_intent.succeeded', { object: 'payment_intent', id: 'pi_of_others' });
    await post(body, sign(body));
    await allHandled(db, rig);
    expect(await readBooks(db)).toEqual(before);
  });

  it('does not say what is true: the provider is asked', async () => {
    const { userId, begin, topUp } = await newPerson(rig);
    const { id, payment } = (await begin('20')).body;
    const intent = { object: 'payment_intent', id: payment.clientSecret.split('_secret_')[0], status: 'succeeded' };
    const body = event('payment_intent.succeeded', { ...intent, amount: 50_000, amount_received: 50_000 });
    await post(body, sign(body));
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(5);
    expect(await topUp(id)).toMatchObject({ status: 'PENDING' });
  });

  it('waits while the provider is out of order, and is handled after that', async () => {
    const { userId, begin } = await newPerson(rig);
    const { payment } = (await begin('20')).body;
    for (let n = 0; n < 3; n += 1) provider.faults.push({ kind: 'status', on: 'GET payment_intents', status: 500 });
    await payByCard(rig, payment.cardPageUrl);
    await vi.waitFor(async () => expect((await stillWaiting(db))[0]?.error).toContain('did not answer'), 15_000);
    expect(await credit(userId)).toBe(5);
    await vi.waitFor(async () => {
      clock.pass(5);
      await rig.topUps.handleDue();
      expect(await credit(userId)).toBe(25);
    }, 15_000);
    await allHandled(db, rig);
  });

  it('is handled once where several processes handle', async () => {
    const others = await Promise.all([rig.anotherProcess(), rig.anotherProcess()]);
    const people = await Promise.all(Array.from({ length: 4 }, () => paid()));
    for (const { charge } of people) provider.act.refund(charge, { amount: 300 });
    await Promise.all(others.map((one) => one.handleDue()));
    await allHandled(db, rig);
    for (const { userId } of people) expect(await credit(userId)).toBe(22);
    await Promise.all(others.map((one) => one.close()));
  });

  it('that comes before the answer to the top-up ties the two together', async () => {
    const { userId, topUpId, intentId } = await paid();
    await allHandled(db, rig);
    await db.system((tx) =>
      tx
        .updateTable('credit_topup')
        .set({ stripe_payment_intent_id: null, status: 'PENDING' })
        .where('id', '=', topUpId)
        .execute(),
    );
    await askForReplay(db, { type: 'payment_intent.succeeded' });
    await rig.topUps.handleDue();
    await allHandled(db, rig);
    const [row] = (await books(db, userId)).topUps;
    expect(row).toMatchObject({ id: topUpId, status: 'SUCCEEDED' });
    const tied = await db.system((tx) =>
      tx.selectFrom('credit_topup').select('stripe_payment_intent_id').where('id', '=', topUpId).executeTakeFirst(),
    );
    expect(tied?.stripe_payment_intent_id).toBe(intentId);
    expect(await credit(userId)).toBe(25);
  });
});

describe('credit taken back', () => {
  it('by a refund, in part and in whole, below zero too', async () => {
    const { browser, userId, topUpId, charge } = await paid();
    provider.act.refund(charge, { amount: 700 });
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(18);
    await db.system((tx) =>
      tx.updateTable('user_budget').set({ ai_credit_usd: '1' }).where('user_id', '=', userId).execute(),
    );
    provider.act.refund(charge);
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(-12);
    const { body } = await browser.call(creditRoutes.getTopUp, { params: { id: topUpId } });
    expect(body).toMatchObject({ status: 'SUCCEEDED', refundedUsd: '20.00' });
    expect(await kinds(userId)).toEqual(['REFUND', 'REFUND', 'STARTING', 'TOP_UP']);
  });

  it('comes back when the refund does', async () => {
    const { userId, charge, topUp, topUpId } = await paid();
    const refund = provider.act.refund(charge, { pending: true });
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(5);
    provider.act.settleRefund(refund.id, 'failed');
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(25);
    expect(await topUp(topUpId)).toMatchObject({ refundedUsd: '0.00' });
    expect(await kinds(userId)).toEqual(['REFUND', 'REFUND_FAILED', 'STARTING', 'TOP_UP']);
  });

  it('by a dispute, and comes back when that is won', async () => {
    const { userId, charge, topUp, topUpId } = await paid();
    const dispute = provider.act.dispute(charge);
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(5);
    expect(await topUp(topUpId)).toMatchObject({ disputed: true });
    provider.act.closeDispute(dispute.id, 'won');
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(25);
    expect(await topUp(topUpId)).toMatchObject({ disputed: false });
    expect(await kinds(userId)).toEqual(['DISPUTE', 'DISPUTE_WON', 'STARTING', 'TOP_UP']);
  });

  it('stays away when the dispute is lost, and an inquiry takes nothing', async () => {
    const lost = await paid();
    provider.act.closeDispute(provider.act.dispute(lost.charge).id, 'lost');
    const asked = await paid();
    provider.act.dispute(asked.charge, true);
    await allHandled(db, rig);
    expect(await credit(lost.userId)).toBe(5);
    expect(await credit(asked.userId)).toBe(25);
  });
});

describe('a replay', () => {
  it.each([
    ['of all', { all: true }],
    ['of a type', { type: 'charge.refunded' }],
  ] as const)('%s leaves the books as they were', async (_which, selection) => {
    const { charge } = await paid();
    provider.act.refund(charge, { amount: 100 });
    await allHandled(db, rig);
    const before = await readBooks(db);
    expect(await askForReplay(db, selection)).toBeGreaterThan(0);
    await rig.topUps.handleDue();
    await allHandled(db, rig);
    expect(await readBooks(db)).toEqual(before);
  });

  it('of one event handles that one, and brings back what a lost handling left out', async () => {
    const { userId } = await paid();
    await allHandled(db, rig);
    const ids = provider.events().filter((one) => one.type === 'payment_intent.succeeded');
    expect(await askForReplay(db, { eventId: ids.at(-1)?.id ?? '' })).toBe(1);
    expect(await askForReplay(db, { eventId: 'evt_none' })).toBe(0);
    await rig.topUps.handleDue();
    expect(await stillWaiting(db)).toEqual([]);
    expect(await credit(userId)).toBe(25);
  });
});
