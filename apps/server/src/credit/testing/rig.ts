import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { creditRoutes } from '@talkide/contracts';
import { startTestPayments, type TestPayments } from '@talkide/test-payments';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, expect, vi } from 'vitest';
import { createStripePayments, mountCardPages } from '../../adapters/payments/index.ts';
import type { Database } from '../../platform/db/index.ts';
import { createSecrets } from '../../platform/secrets.ts';
import { peopleServer, TestBrowser, type TestClock } from '../../testing/people/index.ts';
import { createTopUps, type TopUpsModule } from '../top-ups.ts';

export const WEBHOOK_SECRET = 'whsec_rig';
const secretKey = 'sk_test_rig';
const publicUrl = 'http://localhost:9090';

export interface CreditRig {
  app: FastifyInstance;
  clock: TestClock;
  provider: TestPayments;
  topUps: TopUpsModule;
  /** The same on the same database, as another process would have it; closed by the test. */
  anotherProcess(): Promise<TopUpsModule>;
}

/** Credit with people and the provider of test mode, which delivers its webhooks over HTTP unless it is told to hold. */
export async function creditRig(db: Database): Promise<CreditRig> {
  const { app, clock } = await peopleServer(db);
  const provider = await startTestPayments({
    ...{ folder: null, secretKey, publicUrl, webhookWaitMs: () => 20 },
    webhook: { url: `${await relayTo(app)}/webhooks/stripe`, secret: WEBHOOK_SECRET },
  });
  afterAll(provider.close);
  const payments = await createStripePayments({
    ...{ provider: 'test', secretKey, publishableKey: null, webhookSecret: WEBHOOK_SECRET, baseUrl: provider.url },
  });
  const anotherProcess = () =>
    createTopUps({
      ...{ db, clock, payments, secrets: createSecrets('s'.repeat(32)), log: pino({ enabled: false }) },
      onError: () => {},
    });
  const topUps = await anotherProcess();
  afterAll(topUps.close);
  topUps.routes(app);
  mountCardPages(app, provider);
  return { app, clock, provider, topUps, anotherProcess };
}

/** An address that hands requests to a server which does not listen. */
async function relayTo(app: FastifyInstance): Promise<string> {
  const relay = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    const payload = Buffer.concat(chunks);
    const answer = await app.inject({ method: method as 'POST', url, headers: { ...headers }, payload });
    response.writeHead(answer.statusCode).end(answer.rawPayload);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise((resolve) => relay.close(resolve)));
  return `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
}

/** A new person, signed in. */
export async function newPerson({ app }: CreditRig) {
  const browser = new TestBrowser(app);
  const { me } = await browser.signUp();
  const begin = (amountUsd: string, headers: Record<string, string> = {}) =>
    browser.call(creditRoutes.createTopUp, { body: { amountUsd }, headers });
  const topUp = async (id: string) => (await browser.call(creditRoutes.getTopUp, { params: { id } })).body;
  return { browser, userId: me.id, tenantId: me.tenant.id, begin, topUp };
}

/** Pays on the card page as a browser does; where it goes after that. */
export async function payByCard({ app }: CreditRig, cardPageUrl: string | null, number = '4242424242424242') {
  const response = await app.inject({
    method: 'POST',
    url: cardPageUrl ?? '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ number, expiry: '12/34', cvc: '123' }).toString(),
  });
  expect(response.statusCode).toBe(303);
  return String(response.headers.location);
}

/** Waits until every event is delivered (unless they were `sent` by hand) and handled. */
export async function allHandled(db: Database, { provider }: CreditRig, { sent = false } = {}): Promise<void> {
  await vi.waitFor(async () => {
    const underway = provider.events().filter((event) => event.pending_webhooks > 0);
    expect(sent ? [] : underway.map(({ type }) => type)).toEqual([]);
    const open = await db.system((tx) =>
      tx.selectFrom('stripe_webhook_events').select(['type', 'error']).where('handled_at', 'is', null).execute(),
    );
    expect(open).toEqual([]);
  }, 15_000);
}

/** Everything that webhooks move, without what tells when. */
export function books(db: Database, userId: string) {
  return db.system(async (tx) => ({
    credit: (
      await tx.selectFrom('user_budget').select('ai_credit_usd').where('user_id', '=', userId).executeTakeFirst()
    )?.ai_credit_usd,
    entries: await tx
      .selectFrom('credit_entry')
      .select(['kind', 'amount_usd', 'credit_topup_id', 'source'])
      .where('user_id', '=', userId)
      .orderBy('source')
      .execute(),
    topUps: await tx
      .selectFrom('credit_topup')
      .select(['id', 'status', 'refunded_usd', 'disputed', 'failure_code', 'receipt_url'])
      .where('user_id', '=', userId)
      .orderBy('id')
      .execute(),
  }));
}
