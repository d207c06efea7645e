/** How an application does, as its owner sees it, in a real browser. */
import type { metricRoutes, Project } from '@talkide/contracts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { type Api, createApi, signUp, visit } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

type Figures = z.infer<(typeof metricRoutes.readMetrics.responses)[200]>;
const person = { email: 'ada@example.com', name: 'Ada Lovelace', password: 'three unrelated words' };

let home: string;
let platform: PlatformProcess;
let browser: Browser;
let api: Api;
let project: Project;

const figures = () => api.get<Figures>(`/api/projects/${project.id}/metrics?kind=PREVIEW&range=HOUR`);

beforeAll(async () => {
  home = await makeHome();
  [platform, browser] = await Promise.all([startPlatform({ home, port: await freePort() }), launchBrowser()]);
  ({ api } = await signUp(platform.url, person));
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await vi.waitUntil(async () => (await visit(project.previewUrl)).status === 200, { timeout: 30_000 });
  for (let n = 0; n < 9; n += 1) await visit(project.previewUrl);
  await vi.waitUntil(async () => (await figures()).total.requests >= 10, { timeout: 30_000, interval: 200 });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  if (home) await removeHome(home);
});

async function openMonitor(look: { width?: number; dark?: boolean; locale?: string } = {}) {
  const opened = await openPage(browser, { baseURL: platform.url, ...look });
  const { page } = opened;
  await page.goto(`/sign-in?next=/projects/${project.id}/monitor`);
  await page.fill('input[type=email]', person.email);
  await page.fill('input[type=password]', person.password);
  await page.keyboard.press('Enter');
  await page.locator('figure').first().waitFor();
  return opened;
}

test('figures of the preview, of a period chosen with the keyboard, and of an app that nobody has seen', async () => {
  const { page, complaints } = await openMonitor();
  const { total } = await figures();
  const tile = (name: string) => page.locator('figure').filter({ hasText: name });
  await tile('Requests').getByText(String(total.requests), { exact: true }).waitFor();
  expect(await tile('Response time').innerText()).toMatch(/ms[\s\S]*95 of 100 within/);
  expect(await page.locator('figure svg').count()).toBe(6);
  expect(await tile('Requests').locator('rect').count()).toBe(1 + 24);
  expect(await axe(page)).toEqual([]);
  await shot(page, 'monitor');

  await page.getByRole('radio', { name: 'Day' }).focus();
  // Held as a finger does: the choice follows the focus while the key is down.
  await page.keyboard.down('ArrowLeft');
  await expect.poll(() => tile('Requests').locator('rect').count()).toBe(1 + 12);
  await page.keyboard.up('ArrowLeft');

  await page.getByRole('radio', { name: 'Published' }).click();
  await page.getByText('Nobody has visited in this period.').waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'monitor-quiet');

  await page.getByRole('button', { name: 'What the app writes' }).click();
  await page.waitForURL(/\/builds\?log=app/);
  await page.getByRole('searchbox', { name: 'Search …' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'monitor-log');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('v češtině, úzké a tmavé', async () => {
  await api.put('/api/me/locale', { locale: 'cs' });
  const { page, complaints } = await openMonitor({ width: 390, dark: true, locale: 'cs-CZ' });
  await page.locator('figure').filter({ hasText: 'Požadavky' }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await shot(page, 'monitor-cs-narrow-dark');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a platform that is stopped has lost no figure', async () => {
  const before = (await figures()).total.requests;
  for (let n = 0; n < 3; n += 1) await visit(project.previewUrl);
  await platform.stop();
  platform = await startPlatform({ home, port: await freePort() });
  const { accessToken } = await createApi(platform.url).post<{ accessToken: string }>('/api/auth/sign-in', person);
  api = createApi(platform.url, accessToken);
  expect((await figures()).total.requests).toBe(before + 3);
});
