import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Credit, type CreditEntry, creditRoutes, type TopUp } from '@talkide/contracts';
import { startTestPayments } from '@talkide/test-payments';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Api, signUp } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

type Begun = TopUp & { payment: { clientSecret: string; cardPageUrl: string | null } };
const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
const root = resolve(import.meta.dirname, '..');
const browser = await launchBrowser();
afterAll(() => browser.close());

let home: string;
let port: number;
let platform: PlatformProcess;
let api: Api;
beforeAll(async () => {
  [home, port] = [await makeHome(), await freePort()];
  platform = await startPlatform({ home, port });
  ({ api } = await signUp(platform.url, person));
});
afterAll(async () => {
  await platform.stop();
  await removeHome(home);
});

const begin = (amountUsd: string) => api.post<Begun>(creditRoutes.createTopUp.url, { amountUsd });
const kinds = async () => {
  const { items } = await api.get<{ items: CreditEntry[] }>(creditRoutes.listCreditEntries.url);
  return items.map((entry) => `${entry.kind} ${Number(entry.amountUsd)}`);
};
const pay = (page: string, number: string) =>
  fetch(platform.url + page, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ number, expiry: '12/34', cvc: '123' }),
  });

async function fillCard(page: Page, number: string): Promise<void> {
  await page.fill('[name=number]', number);
  await page.fill('[name=expiry]', '12/34');
  await page.fill('[name=cvc]', '123');
  await page.press('[name=cvc]', 'Enter');
}

/** `npm run webhooks:replay` as an operator runs it; what it says. */
async function replay(...choice: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'scripts/replay-webhooks.mjs'), ...choice], {
    env: { ...process.env, TALKIDE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  await once(child, 'close');
  return said;
}

test('from the billing page to the card page and back: the credit comes by webhook', async () => {
  const { page, complaints } = await openPage(browser, { baseURL: platform.url, width: 390, dark: true });
  await page.goto('/sign-in?next=/billing');
  await page.fill('input[type=email]', person.email);
  await page.fill('input[type=password]', person.password);
  await page.keyboard.press('Enter');
  const balance = () => page.textContent('[data-balance]');
  await page.waitForSelector('[data-balance]');
  expect(await balance()).toContain('$5.00');
  expect(await axe(page)).toEqual([]);
  await page.focus('[role=radio][value="10"]');
  await page.keyboard.press('ArrowRight');
  await page.click('text=Pay $25.00');
  await page.waitForSelector('[name=number]');
  expect(await page.textContent('main')).toContain('no real money moves');
  expect(await axe(page)).toEqual([]);
  await shot(page, 'card-page');

  await fillCard(page, '4000 0000 0000 9995');
  await page.waitForSelector('[role=alert]');
  expect(await axe(page)).toEqual([]);
  await page.click('text=Cancel and go back');
  await page.waitForSelector('li >> text=Declined');
  expect(await axe(page)).toEqual([]);
  await page.click('li >> text=Try again');
  await page.waitForSelector('[name=number]');
  await fillCard(page, '4000 0025 0000 3155');
  await page.click('[value=agree]');

  await page.waitForSelector('text=$25.00 arrived');
  await expect.poll(balance).toContain('$30.00');
  expect(await axe(page)).toEqual([]);
  await shot(page, 'top-up-arrived');
  expect(await kinds()).toEqual(['TOP_UP 25', 'STARTING 5']);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('payments outlive a restart, and one that was begun before can be paid after it', async () => {
  const { payment } = await begin('10');
  await platform.stop('SIGKILL');
  platform = await startPlatform({ home, port });
  expect((await pay(payment.cardPageUrl ?? '', '4242424242424242')).status).toBe(303);
  await vi.waitFor(async () => expect(await kinds()).toEqual(['TOP_UP 10', 'TOP_UP 25', 'STARTING 5']), 15_000);
});

test('webhooks are replayed from the stored rows, and the books stay as they were', async () => {
  const before = await kinds();
  expect(await replay('--all')).toContain('The books are as they were.');
  expect(await replay('--type', 'payment_intent.succeeded')).toMatch(/^2 replayed, 0 waiting\./);
  expect(await replay('--id', 'evt_none')).toContain('No stored webhook fits');
  expect(await replay('--everything')).toContain('Say which');
  expect(await kinds()).toEqual(before);
});

test('no secret of a payment is in a log', async () => {
  const { payment } = await begin('50');
  const folder = join(home, 'log');
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    for (const secret of [payment.clientSecret, '_secret_', 'sk_test_', 'whsec_'])
      expect(text, file).not.toContain(secret);
  }
});

test('with the keys of Stripe the browser pays in place, and nothing of test mode is there', async () => {
  const own = { home: await makeHome(), port: await freePort() };
  onTestFinished(() => removeHome(own.home));
  const keys = { secretKey: 'sk_test_end_to_end', webhookSecret: 'whsec_end_to_end' };
  const provider = await startTestPayments({
    ...{ folder: null, secretKey: keys.secretKey, publicUrl: 'https://stripe.test' },
    webhook: { url: `http://127.0.0.1:${own.port}/webhooks/stripe`, secret: keys.webhookSecret },
  });
  onTestFinished(provider.close);
  const stripe = await startPlatform({
    ...own,
    env: {
      TALKIDE_STRIPE_SECRET_KEY: keys.secretKey,
      TALKIDE_STRIPE_PUBLISHABLE_KEY: 'pk_test_end_to_end',
      TALKIDE_STRIPE_WEBHOOK_SECRET: keys.webhookSecret,
      TALKIDE_STRIPE_BASE_URL: provider.url,
    },
  });
  onTestFinished(async () => void (await stripe.stop()));
  const { api: mine } = await signUp(stripe.url, person);
  const credit = () => mine.get<Credit>(creditRoutes.getCredit.url);
  expect((await credit()).payments).toEqual({ provider: 'stripe', publishableKey: 'pk_test_end_to_end' });
  const { payment } = await mine.post<Begun>(creditRoutes.createTopUp.url, { amountUsd: '40' });
  expect(payment.cardPageUrl).toBeNull();
  const page = await fetch(`${stripe.url}/billing`);
  expect(page.headers.get('content-security-policy')).toContain('https://js.stripe.com');
  expect((await fetch(`${stripe.url}/test-payments/style.css`)).status).toBe(404);
  // What Stripe's own script does in the browser.
  const intent = payment.clientSecret.split('_secret_')[0];
  await fetch(`${provider.url}/v1/payment_intents/${intent}/confirm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.secretKey}` },
    body: new URLSearchParams({ payment_method: 'pm_card_visa' }),
  });
  await expect.poll(async () => Number((await credit()).creditUsd)).toBe(45);
});
