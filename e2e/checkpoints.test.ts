/// <reference lib="dom" />
/** Going back with the data of a version, as a person does it in a real browser, and with the platform killed on the way. */
import type { ConversationView, Project, ProjectVersion } from '@talkide/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Api, createApi, signUp } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

const person = { email: 'ada@example.com', name: 'Ada Lovelace', password: 'three unrelated words' };
let home: string;
let platform: PlatformProcess;
let browser: Browser;
let api: Api;
let token: string;
let project: Project;

beforeAll(async () => {
  home = await makeHome();
  [platform, browser] = await Promise.all([startPlatform({ home, port: await freePort() }), launchBrowser()]);
  const { api: signedIn, grant } = await signUp(platform.url, person);
  [api, token] = [signedIn, grant.accessToken];
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await previews(1);
  await edit('migrations/0002_guest.sql', 'create table guest (name text);');
  await previews(2);
  await enter('Ada');
  await edit('README.md', 'The third.');
  await previews(3);
  await enter('Bob');
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  if (home) await removeHome(home);
});

const versions = async () => (await api.get<{ items: ProjectVersion[] }>(`/api/projects/${project.id}/versions`)).items;
/** Waits until a version is what the preview shows. */
const previews = (number: number) =>
  vi.waitUntil(async () => (await versions()).find((one) => one.versionNumber === number && one.status === 'APPLIED'), {
    timeout: 60_000,
    interval: 50,
  });
async function edit(path: string, content: string) {
  const url = `${platform.url}/api/projects/${project.id}/file?path=${encodeURIComponent(path)}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const etag = (await fetch(url, { headers })).headers.get('etag');
  const condition: Record<string, string> = etag ? { 'if-match': etag } : { 'if-none-match': '*' };
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { ...headers, ...condition },
    body: JSON.stringify({ content }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
const enter = (name: string) =>
  api.post(`/api/projects/${project.id}/data/rows`, { kind: 'PREVIEW', table: 'guest', values: { name } });
async function guests(): Promise<string[]> {
  const { items } = await api.get<{ items: { values: string[] }[] }>(
    `/api/projects/${project.id}/data/rows?kind=PREVIEW&table=guest`,
  );
  return items.map((one) => one.values[0] ?? '').sort();
}
async function openVersion(number: number, look: { width?: number; dark?: boolean; locale?: string } = {}) {
  const visit = await openPage(browser, { baseURL: platform.url, ...look });
  const { page } = visit;
  await page.goto(`/sign-in?next=${encodeURIComponent(`/projects/${project.id}/versions?version=${number}`)}`);
  await page.fill('input[type=email]', person.email);
  await page.fill('input[type=password]', person.password);
  await page.keyboard.press('Enter');
  return visit;
}
const askToGoBack = async (page: Page, words: string) => {
  await page.getByRole('button', { name: words, exact: true }).first().click();
  const dialog = page.getByRole('alertdialog');
  // It takes the focus when it is there.
  await expect.poll(() => dialog.evaluate((one) => one.contains(document.activeElement))).toBe(true);
  return dialog;
};

test('a person goes back to a version with its data, by keyboard, and the talk shows the place', async () => {
  const { page, complaints } = await openVersion(2);
  const dialog = await askToGoBack(page, 'Go back to it');
  const code = dialog.getByRole('radio', { name: 'Code alone' });
  expect(await code.getAttribute('aria-checked')).toBe('true');
  await code.focus();
  await page.keyboard.down('ArrowDown');
  const all = dialog.getByRole('radio', { name: 'Code, data and settings' });
  await expect.poll(() => all.getAttribute('aria-checked')).toBe('true');
  await page.keyboard.up('ArrowDown');
  expect(await axe(page)).toEqual([]);
  await shot(page, 'go-back');
  await dialog.getByRole('button', { name: 'Go back', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await previews(4);
  expect(await guests()).toEqual(['Ada']);
  await page.goto(`/projects/${project.id}/versions`);
  await page.getByText('With data').first().waitFor();
  expect(await page.getByText('data kept').count()).toBeGreaterThan(1);
  await page.getByText('Restored from version 2 with the data and settings it had, as version 4.').waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'versions');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('the choice fits a narrow dark screen in Czech', async () => {
  await api.put('/api/me/locale', { locale: 'cs' });
  const { page } = await openVersion(2, { width: 390, dark: true, locale: 'cs-CZ' });
  const dialog = await askToGoBack(page, 'Vrátit se k ní');
  await dialog.getByRole('radio', { name: 'Kód, data a nastavení' }).click();
  expect(await axe(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await shot(page, 'go-back-narrow');
  await page.context().close();
});

test('killed while the data comes back, the platform goes on with it, and loses neither the one nor the other', async () => {
  const made = await api.post<ProjectVersion>(`/api/projects/${project.id}/versions/3/restore`, { withData: true });
  expect(made).toMatchObject({ versionNumber: 5, dataStatus: 'PENDING' });
  const { port } = platform;
  await platform.stop('SIGKILL');
  platform = await startPlatform({ home, port });
  const { accessToken } = await createApi(platform.url).post<{ accessToken: string }>('/api/auth/sign-in', person);
  api = createApi(platform.url, accessToken);
  expect(await previews(5)).toMatchObject({ dataStatus: 'DONE' });
  expect(await guests()).toEqual(['Ada', 'Bob']);
  expect((await versions()).find((one) => one.versionNumber === 4)?.checkpoint).toMatchObject({ status: 'KEPT' });
});

test('a version leads to the place in the chat where it was asked for, also on a narrow screen', async () => {
  await api.put('/api/me/locale', { locale: 'en' });
  project = await api.post<Project>('/api/projects', { name: 'Talked about' });
  const { conversation } = await api.get<ConversationView>(`/api/projects/${project.id}/conversation`);
  // Mara asks something first.
  for (const content of ['Build a guest book', 'Name and message'])
    await api.post(`/api/conversations/${conversation.id}/messages`, { content });
  // What was built breaks, and a turn of its own repairs it.
  await vi.waitUntil(
    async () => (await versions()).some((one) => one.versionNumber === 3 && one.status === 'APPLIED'),
    {
      timeout: 90_000,
      interval: 100,
    },
  );
  const [repaired, made] = await versions();
  if (!repaired || !made) throw new Error('Mara made no versions');
  for (const width of [1280, 390]) {
    const { page, complaints } = await openVersion(made.versionNumber, { width });
    await page.getByRole('button', { name: 'In the chat' }).click();
    const place = page.locator(`[data-turn="${made.turnId}"]`);
    await expect.poll(() => place.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await place.textContent()).toContain('Name and message');
    expect(await place.isVisible()).toBe(true);
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
    expect(await axe(page)).toEqual([]);
    await shot(page, `chat-place-${width}`);
    await page.goto(`/projects/${project.id}/versions?version=${repaired.versionNumber}`);
    await page.getByRole('button', { name: 'In the chat' }).click();
    const repair = page.locator(`[data-turn="${repaired.turnId}"]`);
    await expect.poll(() => repair.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  }
});
