/// <reference lib="dom" />
/** Variables of an application as a person sets them, in a real browser. */
import type { Project, Variable } from '@talkide/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, signUp } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

const person = { email: 'ada@example.com', name: 'Ada Lovelace', password: 'three unrelated words' };
const VALUE = 'sk_live_seen_by_nobody';

let home: string;
let platform: PlatformProcess;
let browser: Browser;
let api: Api;
let project: Project;

beforeAll(async () => {
  home = await makeHome();
  [platform, browser] = await Promise.all([startPlatform({ home, port: await freePort() }), launchBrowser()]);
  ({ api } = await signUp(platform.url, person));
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  if (home) await removeHome(home);
});

async function openSettings(look: { width?: number; dark?: boolean; locale?: string } = {}) {
  const visit = await openPage(browser, { baseURL: platform.url, ...look });
  const { page } = visit;
  await page.goto(`/sign-in?next=/projects/${project.id}/settings`);
  await page.fill('input[type=email]', person.email);
  await page.fill('input[type=password]', person.password);
  await page.keyboard.press('Enter');
  await page.locator('#variables').waitFor();
  return visit;
}
const section = (page: Page) => page.locator('section[aria-labelledby=variables]');
const stored = async () => {
  const { items } = await api.get<{ items: Variable[] }>(`/api/projects/${project.id}/variables`);
  return items.map(({ name, kind }) => `${name} ${kind}`);
};

test('a variable is set with the keyboard, and its value is never there again', async () => {
  const { page, complaints } = await openSettings();
  const own = section(page);
  await own.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type('STRIPE_KEY');
  await page.keyboard.press('Tab');
  await page.keyboard.type(VALUE);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const row = own.getByRole('listitem').filter({ hasText: 'STRIPE_KEY' });
  await row.waitFor();
  expect(await row.innerText()).toMatch(/Preview[\s\S]*Published[\s\S]*Ada Lovelace/);
  expect(await stored()).toEqual(['STRIPE_KEY PREVIEW', 'STRIPE_KEY PUBLISHED']);
  expect(await axe(page)).toEqual([]);
  await own.scrollIntoViewIfNeeded();
  await shot(page, 'variables');

  await page.reload();
  await row.waitFor();
  expect(await page.content()).not.toContain(VALUE);
  // Replacing takes the name and waits for a value.
  await row.getByRole('button', { name: 'New value for STRIPE_KEY' }).click();
  expect(await own.getByLabel('Name', { exact: true }).inputValue()).toBe('STRIPE_KEY');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  expect(await own.getByLabel('Value', { exact: true }).inputValue()).toBe('');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a pasted .env file says what it must not hold, and then holds', async () => {
  const { page } = await openSettings({ width: 390, dark: true });
  const own = section(page);
  await own.getByRole('button', { name: 'Paste a .env file' }).click();
  const text = own.getByLabel('Text of the .env file');
  await text.fill('PORT=80\nNODE_ENV=production\nSMTP_URL="smtp://mail"');
  await own.getByLabel('For', { exact: true }).selectOption({ label: 'Preview only' });
  await own.getByRole('button', { name: 'Save' }).click();
  await own.getByRole('alert').getByText('TalkIDE itself sets NODE_ENV, PORT.').waitFor();
  expect(await axe(page)).toEqual([]);
  await own.scrollIntoViewIfNeeded();
  await shot(page, 'variables-refused-narrow-dark');

  await text.fill('# mail\nSMTP_URL="smtp://mail"');
  await own.getByRole('button', { name: 'Save' }).click();
  await own.getByRole('listitem').filter({ hasText: 'SMTP_URL' }).waitFor();
  expect(await stored()).toContain('SMTP_URL PREVIEW');
  await page.context().close();
});

test('v češtině: proměnná se po dotazu odebere', async () => {
  await api.put('/api/me/locale', { locale: 'cs' });
  const { page, complaints } = await openSettings({ locale: 'cs-CZ' });
  const own = section(page);
  await own.getByRole('button', { name: 'Odebrat STRIPE_KEY' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('Odebrat STRIPE_KEY?').waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'variables-remove-cs');
  // From one of the two first.
  await dialog.getByLabel('Pro', { exact: true }).selectOption({ label: 'Jen publikovanou aplikaci' });
  await dialog.getByRole('button', { name: 'Odebrat' }).click();
  await expect.poll(stored).toEqual(['SMTP_URL PREVIEW', 'STRIPE_KEY PREVIEW']);
  await dialog.waitFor({ state: 'hidden' });
  await own.getByRole('button', { name: 'Odebrat STRIPE_KEY' }).click();
  expect(await dialog.getByLabel('Pro', { exact: true }).count()).toBe(0);
  await dialog.getByRole('button', { name: 'Odebrat' }).click();
  // What is behind an open dialog has no role: the list counts once the dialog is gone.
  await dialog.waitFor({ state: 'hidden' });
  await own.getByRole('listitem').filter({ hasText: 'SMTP_URL' }).waitFor();
  expect(await own.getByRole('listitem').count()).toBe(1);
  expect(await stored()).toEqual(['SMTP_URL PREVIEW']);
  expect(complaints).toEqual([]);
  await page.context().close();
});
