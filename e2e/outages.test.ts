import { readFile, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationView, Project, Turn } from '@talkide/contracts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Api, signUp, visit, type WatchedProject, watchProject } from './support/api.ts';
import { axe, launchBrowser, openPage, shot } from './support/browser.ts';
import { connect } from './support/database.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { holdPostgres, killPostgres } from './support/postgres.ts';
import { hasEnded, isAtWork } from './support/turns.ts';

/** Longer than a worker's lease of a turn and the platform's of a build. */
const LEASE_MS = 20_000;
const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };

let home: string;
let platform: PlatformProcess;
let api: Api;
let token: string;
let project: Project;
/** Nobody visits it, so the platform does not know by heart what answers there. */
let quiet: Project;
let watched: WatchedProject;

beforeAll(async () => {
  home = await realpath(await makeHome());
  platform = await startPlatform({ home, port: await freePort() });
  const signedUp = await signUp(platform.url, person);
  api = signedUp.api;
  token = signedUp.grant.accessToken;
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await vi.waitUntil(async () => (await visit(project.previewUrl)).status === 200, { timeout: 60_000 });
  quiet = await api.post<Project>('/api/projects', { name: 'Notes' });
  watched = await watchProject(api, project);
});

afterAll(async () => {
  watched?.close();
  await platform?.stop();
  await removeHome(home);
});

const ask = (path = '/api/projects') => fetch(platform.url + path, { headers: { authorization: `Bearer ${token}` } });
const logLines = async () =>
  (await readFile(join(home, 'log', 'talkide.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string; err?: { message: string } });
/** What a person sees while the database is away: a sentence, and when to ask again. */
async function expectRefusal(): Promise<void> {
  await vi.waitUntil(async () => (await ask()).status === 503, { timeout: 30_000, interval: 50 });
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(await refused.json()).toMatchObject({ code: 'database_away' });
  expect((await fetch(`${platform.url}/readyz`)).status).toBe(503);
}

/** The turn ended well in its first attempt, each call was counted once, and the feed showed all of it once, in order. */
async function expectWhole(turn: Turn): Promise<void> {
  const client = await connect(home, 'talkide');
  try {
    const { rows } = await client.query('select status, attempt, charged_cost_usd from turn where id = $1', [turn.id]);
    expect(rows[0]).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });
    const calls = await client.query(
      `select count(*)::int as all, count(distinct call_id)::int as calls, count(*) filter (where estimated)::int as estimated,
              sum(charged_cost_usd) as charged from usage_event where turn_id = $1`,
      [turn.id],
    );
    expect(calls.rows[0].all).toBe(calls.rows[0].calls);
    expect(calls.rows[0].all).toBeGreaterThan(0);
    expect(Number(calls.rows[0].charged)).toBe(Number(rows[0].charged_cost_usd));
    const stored = await client.query(
      `select payload->'activity'->>'id' as id from event where project_id = $1 and type = 'activity.created' order by event.id`,
      [project.id],
    );
    const seen = watched.events.flatMap((event) => (event.type === 'activity.created' ? [event.activity.id] : []));
    expect(stored.rows.map(({ id }) => id).slice(-seen.length)).toEqual(seen);
  } finally {
    await client.end();
  }
}

/** Says it, and waits until the agents are at work. */
async function begin(content: string): Promise<Turn> {
  const from = watched.events.length;
  const { turn } = await watched.say(content);
  await watched.wait(isAtWork, 'the first sign of work', from);
  return turn;
}

test('a server that holds its tongue is away: calls are refused with a sentence, and the turn goes on after', async () => {
  const turn = await begin('Build a guest book for our summer party');
  const before = (await logLines()).length;
  const goOn = await holdPostgres(home);
  try {
    await expectRefusal();
    // What runs goes on, and asks nobody for leave.
    expect((await visit(project.previewUrl)).status).toBe(200);
  } finally {
    goOn();
  }
  const end = await watched.wait(hasEnded(turn.id), 'the end of the turn');
  expect(end.turn.status).toBe('SUCCEEDED');
  await expectWhole(turn);
  const lines = (await logLines()).slice(before);
  const loud = lines.filter(({ level }) => level >= 40);
  expect(loud.map(({ msg }) => msg)).toEqual([
    'PostgreSQL does not answer; what needs it is refused until it is back',
    'PostgreSQL answers again',
  ]);
});

test('a server that ends is started again, and no process of the platform ends', async () => {
  const turn = await begin('Add a counter of entries to the page');
  expect((await visit(project.previewUrl)).status).toBe(200);
  const before = (await logLines()).length;
  // So that it stays away for a while: it does not start without its configuration.
  const config = join(home, 'postgres', 'cluster', 'global', 'pg_control');
  await rename(config, `${config}.aside`);
  await killPostgres(home);
  const killedAt = performance.now();
  try {
    await expectRefusal();
    expect((await visit(project.previewUrl)).status).toBe(200);
    await vi.waitUntil(async () => (await logLines()).some(({ msg }) => msg.startsWith('PostgreSQL does not start')));
    const waiting = await visit(quiet.previewUrl);
    expect(waiting).toMatchObject({ status: 503, body: expect.stringContaining('waiting for its database') });
    // Until every lease has run out that was given before.
    await vi.waitUntil(() => performance.now() - killedAt > LEASE_MS, { timeout: 2 * LEASE_MS });
  } finally {
    await rename(`${config}.aside`, config);
  }
  const end = await watched.wait(hasEnded(turn.id), 'the end of the turn');
  expect(end.turn.status).toBe('SUCCEEDED');
  await expectWhole(turn);
  const told = (await logLines()).slice(before).filter(({ level }) => level >= 40);
  expect(told.length).toBeLessThan(8);
  await vi.waitUntil(async () => (await visit(quiet.previewUrl)).status === 200, { timeout: 60_000 });
  const view = await api.get<ConversationView>(`/api/projects/${project.id}/conversation`);
  expect(view.conversation.projectId).toBe(project.id);
});

test('a person in front of it keeps what she wrote, and the page comes back by itself', async () => {
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, { baseURL: platform.url });
    await page.goto(`/sign-in?next=${encodeURIComponent(`/projects/${quiet.id}`)}`);
    await page.fill('input[type=email]', person.email);
    await page.fill('input[type=password]', person.password);
    await page.keyboard.press('Enter');
    const field = page.locator('textarea');
    await field.fill('Make a list of notes');
    const goOn = await holdPostgres(home);
    try {
      await expectRefusal();
      await field.press('Enter');
      await page.getByText('The database of TalkIDE does not answer at the moment.').waitFor();
      expect(await field.inputValue()).toBe('Make a list of notes');
      await page.reload();
      await page.getByRole('heading', { name: 'TalkIDE is not answering' }).waitFor();
      expect(await axe(page)).toEqual([]);
      await shot(page, 'away');
    } finally {
      goOn();
    }
    await field.waitFor();
    expect(await field.inputValue()).toBe('Make a list of notes');
  } finally {
    await browser.close();
  }
});
