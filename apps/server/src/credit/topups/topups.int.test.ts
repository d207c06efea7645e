import { creditRoutes } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { allHandled, books, creditRig, newPerson, payByCard } from '../testing/rig.ts';

const { db } = await testDatabase();
const rig = await creditRig(db);
const { provider } = rig;
const credit = async (userId: string) => Number((await books(db, userId)).credit);

describe('a top-up', () => {
  it('moves credit once it is paid, and has a receipt', async () => {
    const { browser, userId, begin, topUp } = await newPerson(rig);
    const { status, body } = await begin('25.5');
    expect(status).toBe(201);
    expect(body).toMatchObject({ amountUsd: '25.50', status: 'PENDING', refundedUsd: '0.00', failureCode: null });
    expect(await credit(userId)).toBe(5);
    expect(await payByCard(rig, body.payment.cardPageUrl)).toBe(`/billing/credit?topup=${body.id}`);
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(30.5);
    expect(await topUp(body.id)).toMatchObject({ status: 'SUCCEEDED', payment: null, completedAt: expect.any(String) });
    const { items } = (await browser.call(creditRoutes.listTopUps)).body;
    expect(items.map((one) => [one.id, one.status])).toEqual([[body.id, 'SUCCEEDED']]);
    expect(items[0]?.receiptUrl).toMatch(/^http:\/\/localhost:9090\/test-payments\/receipts\//);
    const entries = (await browser.call(creditRoutes.listCreditEntries)).body.items;
    expect(entries.map((one) => [one.kind, Number(one.amountUsd), one.topUpId])).toEqual([
      ['TOP_UP', 25.5, body.id],
      ['STARTING', 5, null],
    ]);
  });

  it('says why a card was declined, and takes another one', async () => {
    const { userId, begin, topUp } = await newPerson(rig);
    const { id, payment } = (await begin('10')).body;
    await payByCard(rig, payment.cardPageUrl, '4000000000009995');
    await allHandled(db, rig);
    const declined = await topUp(id);
    expect(declined).toMatchObject({ status: 'FAILED', failureCode: 'insufficient_funds' });
    await payByCard(rig, declined.payment?.cardPageUrl ?? null);
    await allHandled(db, rig);
    expect(await topUp(id)).toMatchObject({ status: 'SUCCEEDED', failureCode: null });
    expect(await credit(userId)).toBe(15);
  });

  it('waits while the card needs an authentication', async () => {
    const { userId, begin, topUp } = await newPerson(rig);
    const { id, payment } = (await begin('10')).body;
    const next = await payByCard(rig, payment.cardPageUrl, '4000002500003155');
    await allHandled(db, rig);
    expect(await topUp(id)).toMatchObject({ status: 'PENDING' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = next.replace('?', '/authentication?');
    await rig.app.inject({ method: 'POST', url, headers, payload: 'answer=agree' });
    await allHandled(db, rig);
    expect(await topUp(id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await credit(userId)).toBe(15);
  });

  it.each(['4.99', '500.01', '0', '-10', '10.001', '1e2', '10,5', '', ' 10', '٥٠'])(
    'of %j is refused',
    async (amountUsd) => {
      const { browser } = await newPerson(rig);
      const answer = await browser.call('POST', '/api/credit/topups', { body: { amountUsd } });
      expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
    },
  );

  it.each(['5', '500', '5.01', '499.99'])('of %s is taken, to the cent', async (amountUsd) => {
    const { begin } = await newPerson(rig);
    const { body } = await begin(amountUsd);
    expect(Number(body.amountUsd)).toBe(Number(amountUsd));
    const intent = provider.intents().find((one) => body.payment.clientSecret === one.client_secret);
    expect(intent?.amount).toBe(Math.round(Number(amountUsd) * 100));
  });

  it('is begun once for an Idempotency-Key, and keeps no secret in a row', async () => {
    const { browser, begin } = await newPerson(rig);
    const [first, second] = await Promise.all([1, 2].map(() => begin('20', { 'idempotency-key': 'same' })));
    const again = await begin('20.00', { 'idempotency-key': 'same' });
    expect([second?.body.id, again.body.id]).toEqual([first?.body.id, first?.body.id]);
    expect(again.body.payment).toEqual(first?.body.payment);
    const other = await browser.call('POST', '/api/credit/topups', {
      body: { amountUsd: '30' },
      headers: { 'idempotency-key': 'same' },
    });
    expect(other.body.code).toBe('idempotency_mismatch');
    const kept = await db.system((tx) => tx.selectFrom('idempotency_key').selectAll().execute());
    expect(JSON.stringify(kept)).not.toContain('_secret_');
    expect(JSON.stringify(await db.system((tx) => tx.selectFrom('credit_topup').selectAll().execute()))).not.toContain(
      '_secret_',
    );
  });

  it('whose provider was out of order begins anew with the same key, without a second intent', async () => {
    const { browser, begin } = await newPerson(rig);
    const headers = { 'idempotency-key': 'patient' };
    for (let n = 0; n < 3; n += 1) provider.faults.push({ kind: 'status', on: 'POST payment_intents', status: 503 });
    const failed = await browser.call('POST', '/api/credit/topups', { body: { amountUsd: '10' }, headers });
    expect([failed.status, failed.body.code]).toEqual([503, 'payments_unavailable']);
    expect((await browser.call(creditRoutes.listTopUps)).body.items).toEqual([]);
    const before = provider.intents().length;
    provider.faults.push({ kind: 'lost_answer', on: 'POST payment_intents' });
    expect((await begin('10', headers)).status).toBe(201);
    expect(provider.intents().length - before).toBe(1);
    expect((await browser.call(creditRoutes.listTopUps)).body.items).toHaveLength(1);
  });

  it('makes the person a customer once, and anew where the provider does not know her', async () => {
    const { userId, begin } = await newPerson(rig);
    const customer = () =>
      db.system((tx) =>
        tx.selectFrom('users').select('stripe_customer_id').where('id', '=', userId).executeTakeFirst(),
      );
    expect((await customer())?.stripe_customer_id).toBeNull();
    await begin('10');
    const first = (await customer())?.stripe_customer_id;
    await begin('11');
    expect((await customer())?.stripe_customer_id).toBe(first);
    await db.system((tx) =>
      tx.updateTable('users').set({ stripe_customer_id: 'cus_other' }).where('id', '=', userId).execute(),
    );
    expect((await begin('12')).status).toBe(201);
    expect((await customer())?.stripe_customer_id).toMatch(/^cus_(?!other)/);
  });

  it('is somebody’s own', async () => {
    const mine = await newPerson(rig);
    const theirs = await newPerson(rig);
    const { id } = (await theirs.begin('10')).body;
    expect((await mine.browser.call(creditRoutes.getTopUp, { params: { id } })).status).toBe(404);
    expect((await mine.browser.call(creditRoutes.listTopUps)).body.items).toEqual([]);
    expect((await mine.browser.call('GET', '/api/credit/topups/x')).status).toBe(404);
    await db.tenant(mine.tenantId, async (tx) => {
      expect(await tx.selectFrom('credit_topup').select('id').execute()).toEqual([]);
    });
    for (const url of ['/api/credit/topups', '/api/credit/entries', `/api/credit/topups/${id}`]) {
      expect((await rig.app.inject({ method: 'GET', url })).statusCode).toBe(401);
    }
  });

  it('is listed in pages, newest first', async () => {
    const { browser, begin } = await newPerson(rig);
    const ids = [];
    for (const amount of ['5', '6', '7']) ids.unshift((await begin(amount)).body.id);
    const first = (await browser.call(creditRoutes.listTopUps, { query: { limit: 2 } })).body;
    const rest = (await browser.call(creditRoutes.listTopUps, { query: { cursor: first.nextCursor ?? '' } })).body;
    expect([...first.items, ...rest.items].map((one) => one.id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
    expect((await browser.call('GET', '/api/credit/topups?cursor=x')).status).toBe(400);
    expect((await browser.call('GET', '/api/credit/entries?cursor=x')).status).toBe(400);
  });

  it('that was left for a day is not listed, and can still be paid', async () => {
    const { browser, userId, begin } = await newPerson(rig);
    const { id, payment } = (await begin('10')).body;
    await db.system((tx) =>
      tx
        .updateTable('credit_topup')
        .set({ created_at: new Date(Date.now() - 90_000_000) })
        .where('id', '=', id)
        .execute(),
    );
    expect((await browser.call(creditRoutes.listTopUps)).body.items).toEqual([]);
    await payByCard(rig, payment.cardPageUrl);
    await allHandled(db, rig);
    expect(await credit(userId)).toBe(15);
    expect((await browser.call(creditRoutes.listTopUps)).body.items).toHaveLength(1);
  });

  it('is not begun over and over without being paid', async () => {
    const { browser, begin, userId } = await newPerson(rig);
    await db.system(async (tx) => {
      const { id: tenantId } = await tx
        .selectFrom('tenant')
        .select('id')
        .where('owner_id', '=', userId)
        .executeTakeFirstOrThrow();
      const unpaid = Array.from({ length: 19 }, () => ({ user_id: userId, tenant_id: tenantId, amount_usd: '5' }));
      await tx.insertInto('credit_topup').values(unpaid).execute();
    });
    expect((await begin('5')).status).toBe(201);
    const refused = await browser.call('POST', '/api/credit/topups', { body: { amountUsd: '5' } });
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
  });
});
