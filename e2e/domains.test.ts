/// <reference lib="dom" />
/** A domain of one's own, as a person sets it up, in a real browser; then as a visitor comes by it, over TLS. */
import { request } from 'node:https';
import type { Project, Release } from '@talkide/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestCa, type TestCa } from '../apps/server/src/platform/http/testing/test-ca.ts';
import { type AcmeServer, startAcmeServer } from '../apps/server/src/testing/acme-server.ts';
import { type DnsServer, startDnsServer } from '../apps/server/src/testing/dns-server.ts';
import { type Api, signUp, visit } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { prepareTls } from './support/tls.ts';

const person = { email: 'ada@example.com', name: 'Ada Lovelace', password: 'three unrelated words' };

let home: string;
let dns: DnsServer;
let ca: TestCa;
let acme: AcmeServer;
let platform: PlatformProcess;
let tlsPort: number;
let browser: Browser;
let api: Api;
let project: Project;

beforeAll(async () => {
  [home, dns, ca] = await Promise.all([makeHome(), startDnsServer(), createTestCa()]);
  const port = await freePort();
  acme = await startAcmeServer({ ca, reach: () => ({ host: '127.0.0.1', port }) });
  const tls = await prepareTls(home, ['localhost', 'guest-book.localhost'], ca);
  tlsPort = tls.port;
  const env = {
    TALKIDE_PUBLIC_ADDRESSES: '127.0.0.1',
    TALKIDE_DNS_SERVERS: dns.address,
    ...tls.env,
    TALKIDE_ACME_DIRECTORY: acme.directory,
  };
  [platform, browser] = await Promise.all([startPlatform({ home, port, env }), launchBrowser()]);
  ({ api } = await signUp(platform.url, person));
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await acme?.close();
  dns?.close();
  if (home) await removeHome(home);
});

async function openSettings(look: { width?: number; dark?: boolean; locale?: string } = {}) {
  const visited = await openPage(browser, { baseURL: platform.url, ...look });
  const { page } = visited;
  await page.goto(`/sign-in?next=/projects/${project.id}/settings`);
  await page.fill('input[type=email]', person.email);
  await page.fill('input[type=password]', person.password);
  await page.keyboard.press('Enter');
  await page.locator('#domains').waitFor();
  return visited;
}
const section = (page: Page) => page.locator('section[aria-labelledby=domains]');

/** What a visitor is answered over TLS, who trusts the test's authority alone. */
const secureVisit = (host: string, path = '/') =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: tlsPort, path, servername: host, ca: ca.root, headers: { host }, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    asked.on('error', reject).end();
  });

async function publish(): Promise<void> {
  const released = (kind: Release['kind']) =>
    expect
      .poll(
        async () => {
          const { items } = await api.get<{ items: Release[] }>(`/api/projects/${project.id}/releases`);
          return items.some((one) => one.kind === kind && one.status === 'ACTIVE');
        },
        { timeout: 120_000 },
      )
      .toBe(true);
  await released('PREVIEW');
  await api.post(`/api/projects/${project.id}/publish`);
  await released('PUBLISHED');
}

test('a domain is added, its records are copied, and visitors reach the published app by HTTPS', async () => {
  await publish();
  const { page, complaints } = await openSettings();
  const own = section(page);
  await own.getByLabel('Domain', { exact: true }).focus();
  await page.keyboard.type('localhost');
  await page.keyboard.press('Enter');
  await own.getByRole('alert').getByText('is not the name of a domain').waitFor();
  await own.getByLabel('Domain', { exact: true }).fill('www.bücher.example.com');
  await page.keyboard.press('Enter');
  const card = own.getByRole('listitem', { name: 'www.bücher.example.com' });
  await card.getByText('The TXT record is not in the DNS yet').waitFor();
  expect(await axe(page)).toEqual([]);
  await card.scrollIntoViewIfNeeded();
  await shot(page, 'domains-pending');

  const value = (label: string) => card.getByLabel(label, { exact: true }).innerText();
  dns.set(await value('Name of the TXT record'), 'TXT', await value('Value of the TXT record'));
  dns.set(await value('Name of the A record'), 'A', await value('Value of the A record'));
  await card.getByRole('button', { name: 'Check now' }).click();
  await card.getByText('Your published app answers here.').waitFor({ timeout: 60_000 });
  expect(await axe(page)).toEqual([]);
  await card.scrollIntoViewIfNeeded();
  await shot(page, 'domains-active');

  const body = () => secureVisit('www.xn--bcher-kva.example.com').then((answer) => answer.body, String);
  await expect.poll(body).toContain('<html');
  const plain = await visit(`http://www.xn--bcher-kva.example.com:${platform.port}`, '/a?b=c');
  expect(plain.status).toBe(308);
  expect((await secureVisit(new URL(project.publicUrl).hostname)).status).toBe(200);
  expect(await secureVisit('localhost', '/healthz')).toMatchObject({ status: 200 });
  await expect(secureVisit('somebody.example.org')).rejects.toThrow();
  expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
  await page.context().close();
});

test('v češtině, na úzké a tmavé obrazovce: doména čeká, a po dotazu se odebere', async () => {
  await api.put('/api/me/locale', { locale: 'cs' });
  const { page } = await openSettings({ width: 390, dark: true, locale: 'cs-CZ' });
  const own = section(page);
  await own.getByLabel('Doména', { exact: true }).fill('example.org');
  await page.keyboard.press('Enter');
  const card = own.getByRole('listitem', { name: 'example.org', exact: true });
  await card.getByText('TXT záznam zatím v DNS není').waitFor();
  expect(await axe(page)).toEqual([]);
  await card.scrollIntoViewIfNeeded();
  await shot(page, 'domains-cs-narrow-dark');
  await card.getByRole('button', { name: 'Odebrat example.org' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('Odebrat example.org?').waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'domains-remove-cs');
  await dialog.getByRole('button', { name: 'Odebrat' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => card.count()).toBe(0);
  await page.context().close();
});
