/// <reference lib="dom" />
/// <reference lib="dom.asynciterable" />
/** The main job as a person does it, in a real browser on a fresh platform with the demo model. */
import { readFile } from 'node:fs/promises';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApi } from './support/api.ts';
import { axe, launchBrowser, openPage, shot, type Visit } from './support/browser.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

const PASSWORD = 'three unrelated words';
const TURN_MS = 90_000;

let home: string;
let platform: PlatformProcess;
let browser: Browser;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  home = await makeHome();
  [platform, browser] = await Promise.all([startPlatform({ home, port: await freePort() }), launchBrowser()]);
  visit = await openPage(browser, { baseURL: platform.url });
  page = visit.page;
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  if (home) await removeHome(home);
});

// One journey: after a step that failed, the next ones would only wait in vain.
let stuckAt: string | undefined;
beforeEach(() => {
  if (stuckAt) throw new Error(`the journey stopped at: ${stuckAt}`);
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail' || stuckAt) return;
  stuckAt = task.name;
  await shot(page, 'failed');
});

const preview = (): FrameLocator => page.locator('iframe:visible').contentFrame();
const say = async (text: string) => {
  const composer = page.getByRole('textbox', { name: /Mara/ });
  await composer.fill(text);
  await composer.press('Enter');
};
/** The preview bar shows which version runs in the preview. */
const previewShows = (version: number) =>
  page.getByText(`Version ${version}`, { exact: true }).first().waitFor({ timeout: TURN_MS });
const headerColour = () =>
  preview()
    .getByRole('banner')
    .first()
    .evaluate((header) => {
      const canvas = document.createElement('canvas').getContext('2d');
      if (!canvas) throw new Error('no canvas');
      canvas.fillStyle = getComputedStyle(header).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return { red, green, blue };
    });
const isGreen = async () => {
  const { red, green, blue } = await headerColour();
  return green > red && green > blue;
};

test('a visitor sees what this is and signs up with three fields', async () => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'welcome');

  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  expect(await axe(page)).toEqual([]);
  await shot(page, 'sign-up');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What shall we build?' }).waitFor();
  expect(await axe(page)).toEqual([]);
});

test('a prompt makes a project, and the template stands in the preview', async () => {
  await page.getByRole('textbox').first().fill('Build a guest book for our summer party');
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Guest book');
  await page.getByRole('radio', { name: 'Violet' }).click();
  await page.getByRole('textbox').first().press('Enter');
  await page.waitForURL(/\/projects\/\d+$/);
  await preview().getByRole('heading', { name: 'Guest book' }).first().waitFor();
  await previewShows(1);

  const address = await page.locator('iframe:visible').getAttribute('src');
  const czech = await openPage(browser, { baseURL: new URL(address ?? '').origin, locale: 'cs-CZ' });
  await czech.page.goto('/');
  await czech.page.getByText('Mara se pouští do práce').waitFor();
  await czech.page.context().close();
});

test('Mara asks one question, delegates, the build that failed is repaired, and she says what she saw', async () => {
  const option = page.getByRole('button', { name: /Name and message/ });
  await option.waitFor({ timeout: TURN_MS });
  expect(await axe(page)).toEqual([]);
  await shot(page, 'question');
  await option.click();

  await page.getByText('Version 2 did not build.', { exact: false }).first().waitFor({ timeout: TURN_MS });
  await previewShows(3);
  await preview().getByRole('button', { name: 'Sign' }).waitFor();
  await page.getByText('the page “Guest book” opens, and the server answers with an empty list').first().waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'built');
});

test('the application works: an entry is kept in its database', async () => {
  await preview().getByLabel('Your name').fill('Grace');
  await preview().getByLabel('Your message').fill('Wonderful evening!');
  await preview().getByRole('button', { name: 'Sign' }).click();
  await preview().getByText('Wonderful evening!').waitFor();
  await page.reload();
  await preview().getByText('Wonderful evening!').waitFor();
});

test('the header turns green, and undo takes it back', async () => {
  expect(await isGreen()).toBe(false);
  await say('Make the header green');
  await previewShows(4);
  await expect.poll(isGreen, { timeout: 20_000 }).toBe(true);

  await page.getByRole('button', { name: 'Undo' }).last().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Undo' }).click();
  await previewShows(5);
  await expect.poll(isGreen, { timeout: 20_000 }).toBe(false);
});

test('a reload shows the same conversation', async () => {
  const said = page.getByText('Make the header green').filter({ visible: true });
  const before = await said.count();
  await page.reload();
  await said.first().waitFor();
  expect(await said.count()).toBe(before);
});

test('publish puts it on the public address, where anyone can visit it', async () => {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const card = page.getByRole('dialog');
  await card
    .getByRole('status', { name: 'Public address' })
    .filter({ hasText: `http://guest-book.localhost:${platform.port}` })
    .waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'published');

  const stranger = await openPage(browser, { baseURL: `http://guest-book.localhost:${platform.port}` });
  await stranger.page.goto('/');
  await stranger.page.getByRole('button', { name: 'Sign' }).waitFor();
  // Preview and public data are apart.
  expect(await stranger.page.getByText('Wonderful evening!').count()).toBe(0);
  expect(await stranger.page.context().cookies()).toEqual([]);
  expect(stranger.complaints).toEqual([]);
  await stranger.page.context().close();
  await card.getByRole('button', { name: 'Close' }).click();
  await card.waitFor({ state: 'hidden' });
});

test('publish shows the migrations that will change live data, and backs it up first', async () => {
  const person = { email: 'ada@example.com', password: PASSWORD };
  const { accessToken } = await createApi(platform.url).post<{ accessToken: string }>('/api/auth/sign-in', person);
  const id = /projects\/(\d+)/.exec(page.url())?.[1];
  const written = await fetch(`${platform.url}/api/projects/${id}/file?path=migrations/0009_mood.sql`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify({ content: 'alter table entry add column mood text;\nalter table entry drop column mood;\n' }),
  });
  expect(written.status).toBe(200);
  await page.getByRole('button', { name: 'Publish changes' }).waitFor({ timeout: TURN_MS });
  await page.getByRole('button', { name: 'Publish changes' }).press('Enter');
  const card = page.getByRole('dialog');
  await card.getByText('The database is backed up first.').waitFor();
  await card.getByText('0009_mood.sql').click();
  await card.getByText('drop column mood').waitFor();
  await card.getByText('Drops', { exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'publish-plan');
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  // Colours take a moment to turn.
  await expect.poll(() => axe(page)).toEqual([]);
  await shot(page, 'publish-plan-narrow-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await card.getByRole('button', { name: 'Publish version 6' }).press('Enter');
  await card.getByText('Version 6 is public.').waitFor({ timeout: TURN_MS });
  await card.getByRole('button', { name: 'Close' }).click();
  await card.waitFor({ state: 'hidden' });
});

test('a published release can be rolled back to, and the confirmation says that data stays', async () => {
  await page.getByRole('button', { name: 'Published', exact: true }).click();
  const card = page.getByRole('dialog');
  await card.getByText('Published releases').waitFor();
  await card.getByRole('button', { name: 'Roll back to this: version 5' }).waitFor();
  await card.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: /^3 / }).click();
  await page.getByRole('button', { name: 'Publish this version' }).click();
  await card.getByText('Version 3 is public.').waitFor({ timeout: TURN_MS });
  await card.getByRole('button', { name: 'Roll back to this: version 6' }).press('Enter');
  const confirmation = page.getByRole('alertdialog');
  await confirmation.getByText('The data does not go back').waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'roll-back');
  await confirmation.getByRole('button', { name: 'Roll back to this' }).press('Enter');
  await card.getByText('Version 6 is public.').waitFor({ timeout: TURN_MS });
  await card.getByRole('button', { name: 'Roll back to this: version 3' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'published-releases');
  await card.getByRole('button', { name: 'Close' }).click();
  await card.waitFor({ state: 'hidden' });
});

test('the Data tab shows what the app keeps and changes it; the published app has data of its own', async () => {
  await page.getByRole('tab', { name: 'Data' }).click();
  await page.getByText('Wonderful evening!').click();
  const row = page.getByRole('dialog');
  await row.getByRole('textbox', { name: 'message' }).fill('Wonderful night!');
  expect(await axe(page)).toEqual([]);
  await row.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Wonderful night!').waitFor();
  await shot(page, 'data');
  await page.getByRole('radio', { name: 'SQL' }).click();
  await page.getByRole('textbox', { name: 'Statement of SQL' }).fill('select message from entry');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('region', { name: 'Result' }).getByText('Wonderful night!').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Files' }).click();
  await page.getByText('No files yet').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Published' }).click();
  await page.getByRole('radio', { name: 'Tables' }).click();
  await page.getByText('No rows').waitFor();
});

test.each(['Code', 'Data', 'Activity', 'Versions', 'Builds', 'Monitor', 'Settings'])(
  'the tab %s shows itself without a barrier',
  async (name) => {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('tabpanel').getByText(/\S/).first().waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, name.toLowerCase());
  },
);

test('another address is taken in the settings, and the old one leads to it', async () => {
  await page.getByLabel('Address', { exact: true }).fill('summer-party');
  await page.getByText(/summer-party\..* is free/).waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'address');
  await page.getByRole('button', { name: 'Change the address' }).press('Enter');
  const address = `http://summer-party.localhost:${platform.port}`;
  await page.getByRole('status', { name: 'Public address' }).filter({ hasText: address }).waitFor();
  const stranger = await openPage(browser, { baseURL: `http://guest-book.localhost:${platform.port}` });
  await stranger.page.goto('/?from=a-link');
  await stranger.page.getByRole('button', { name: 'Sign' }).waitFor();
  expect(stranger.page.url()).toBe(`${address}/?from=a-link`);
  await stranger.page.context().close();
});

test('the Studio shows the project as live', async () => {
  await page.goto('/studio');
  await page
    .getByRole('link', { name: /Guest book/ })
    .first()
    .waitFor();
  await page.getByText('Live', { exact: true }).first().waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'studio');
});

test('usage shows what it cost, down to the single call, and gives it as a file', async () => {
  await page.goto('/billing/usage');
  await page
    .getByRole('img', { name: /Spend per day/ })
    .locator('canvas')
    .waitFor();
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await page.getByRole('button', { name: /Make the header green/ }).click();
  const calls = page.getByRole('region', { name: 'Model calls of this turn' });
  await calls.getByText('talkide-demo').first().waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, 'usage');

  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(/^talkide-usage-.*\.csv$/);
  const [header, ...records] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(header).toMatch(/^time,call_id,turn_id,/);
  const shown = await page.locator('dl > div', { hasText: 'Model calls' }).locator('dd').innerText();
  expect(records).toHaveLength(Number(shown));
});

test.each(['spend', 'prices'])('the operator sees %s', async (section) => {
  await page.goto(`/operator/${section}`);
  await page.getByText('talkide-demo').first().waitFor();
  expect(await axe(page)).toEqual([]);
  await shot(page, `operator-${section}`);
});

test('account and operator pages open', async () => {
  await page.goto('/account');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.goto('/operator');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await axe(page)).toEqual([]);
});

test('sign out ends the session; the browser complained about nothing', async () => {
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/(sign-in)?$/);
  await page.goto('/studio');
  await page.waitForURL(/\/sign-in/);
  expect(visit.complaints).toEqual([]);
});
