import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  installPackages,
  makeTree,
  manifest,
  remove,
  runIn,
  startApp,
  stopApp,
} from '../../../stacks/typescript-fastify-vue/testing.ts';
import { type MiniAgent, startMiniAgent } from './testing/mini-agent.ts';

const admin = new Client({ connectionString: inject('postgres').adminUrl });
const databases: string[] = [];
let packages: string;
let folder: string;

beforeAll(async () => {
  await admin.connect();
  packages = await installPackages();
  folder = mkdtempSync(join(tmpdir(), 'talkide-scenarios-'));
});
afterAll(async () => {
  await remove(folder);
  for (const name of databases) await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
});

async function freshDatabase(): Promise<string> {
  const name = `scenario_${process.pid}_${databases.length}`;
  await admin.query(`create database ${name}`);
  databases.push(name);
  const url = new URL(inject('postgres').adminUrl.replace('@/', '@localhost/'));
  url.pathname = `/${name}`;
  return url.href;
}

const treeOf = (name: string) => makeTree(join(folder, name), packages);
const build = (tree: string) => runIn(tree, manifest.commands.build);

/** Placeholders that nobody filled. */
const leftOpen = (agent: MiniAgent) =>
  agent.calls
    .filter(({ input }) => /\{\{(field|extra)\}\}/.test(String(input.content)))
    .map(({ input }) => input.file_path);

/** Builds a guest book with its one fault, and repairs it. */
async function guestBook(tree: string, agent: MiniAgent, wish: string, answer: string): Promise<void> {
  expect(agent.say(wish).question).not.toBeNull();
  expect(agent.say(answer).text).toMatch(/ready|hotová/);
  const broken = await build(tree);
  expect(broken.code).toBe(1);
  expect(agent.say(`<repair>\n${broken.output}\n</repair>`).text).toMatch(/our slip|naše chyba/);
}

/** Runs a built application on a database of its own and hands over ways to call it. */
async function running(
  tree: string,
  use: (call: {
    get(path: string): Promise<Record<string, unknown>[]>;
    send(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>;
  }) => Promise<void>,
): Promise<void> {
  expect(await build(tree)).toMatchObject({ code: 0 });
  const app = await startApp(tree, { DATABASE_URL: await freshDatabase() });
  try {
    await use({
      get: (path) => fetch(app.url + path).then((answer) => answer.json() as Promise<Record<string, unknown>[]>),
      async send(method, path, body) {
        const init = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const answer = await fetch(app.url + path, { method, ...init });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      },
    });
  } finally {
    await stopApp(app);
  }
}

describe('the applications of the demo model, on a real database', () => {
  it('guest book: signs, lists the newest first, and keeps a field that was added', async () => {
    const tree = await treeOf('guest-book');
    const agent = startMiniAgent(tree, 'en');
    await guestBook(tree, agent, 'Build a guest book', 'Also a rating with stars');
    expect(agent.say('Add a field phone').text).toMatch(/^Done/);
    expect(agent.say('Add a field phone').text).toContain('already');
    expect(leftOpen(agent)).toEqual([]);
    await running(tree, async ({ get, send }) => {
      const entry = { name: 'Ada', message: 'Lovely!', rating: '5' };
      expect((await send('POST', '/api/entries', entry)).status).toBe(201);
      expect((await send('POST', '/api/entries', { ...entry, name: 'Grace', phone: '+420 1' })).status).toBe(201);
      expect((await send('POST', '/api/entries', { ...entry, rating: '9' })).body).toMatchObject({
        fields: { rating: expect.any(String) },
      });
      expect(await get('/api/entries')).toMatchObject([
        { name: 'Grace', phone: '+420 1', rating: '5' },
        { name: 'Ada', phone: null },
      ]);
    });
  });

  it('todo board, in Czech: adds, moves and deletes tasks', async () => {
    const tree = await treeOf('todo-board');
    const agent = startMiniAgent(tree, 'cs');
    expect(agent.say('Postav mi nástěnku úkolů')).toMatchObject({
      text: expect.stringContaining('hotová'),
      question: null,
    });
    expect(agent.say('Postav mi nástěnku úkolů').text).toContain('už je');
    expect(agent.say('Změň nadpis na Náš týden').text).toMatch(/^Hotovo/);
    expect(agent.say('Udělej všechno fialové').text).toMatch(/^Hotovo/);
    expect(readFileSync(join(tree, 'src/texts/todo-board.ts'), 'utf8')).toContain("title: 'Náš týden',");
    expect(readFileSync(join(tree, 'src/styles/theme.css'), 'utf8')).toContain('--accent-hue: 300;');
    expect(readFileSync(join(tree, 'index.html'), 'utf8')).toContain('<html lang="cs"');
    await running(tree, async ({ get, send }) => {
      const refused = await send('POST', '/api/tasks', { title: '' });
      expect(refused.body).toMatchObject({ fields: { title: 'Vyplňte prosím toto pole.' } });
      const { body: task } = await send('POST', '/api/tasks', { title: 'Koupit květiny' });
      expect(await send('PATCH', `/api/tasks/${task.id}`, { status: 'done' })).toMatchObject({ status: 200 });
      expect(await get('/api/tasks')).toMatchObject([{ title: 'Koupit květiny', status: 'done', note: null }]);
      expect(await send('DELETE', `/api/tasks/${task.id}`)).toMatchObject({ status: 200 });
      expect(await send('DELETE', `/api/tasks/${task.id}`)).toMatchObject({ status: 404 });
    });
  });

  it('booking page, beside a guest book: gives a time to one person only, and no names to others', async () => {
    const tree = await treeOf('booking-page');
    const agent = startMiniAgent(tree, 'en');
    await guestBook(tree, agent, 'Build a guest book', 'Just name and message');
    expect(agent.say('I also need a booking page for my studio').text).toContain('Your booking page is ready');
    expect(readFileSync(join(tree, 'src/router.ts'), 'utf8')).toContain("path: '/booking', component");
    expect((await runIn(tree, manifest.commands.test)).code).toBe(0);
    const { dayText, openDays } = (await import(join(tree, 'shared/calendar.ts'))) as {
      dayText(day: Date): string;
      openDays(today: string): string[];
    };
    const day = openDays(dayText(new Date())).at(-1);
    await running(tree, async ({ get, send }) => {
      const booking = { name: 'Ada', email: 'ada@home.example', day, slot: '10:00' };
      const both = await Promise.all([send('POST', '/api/bookings', booking), send('POST', '/api/bookings', booking)]);
      expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
      expect(await get('/api/taken')).toEqual([{ day, slot: '10:00' }]);
    });
  });

  it('guest book, in Czech, with another answer', async () => {
    const tree = await treeOf('kniha-hostu');
    const agent = startMiniAgent(tree, 'cs');
    await guestBook(tree, agent, 'Vytvoř knihu hostů', 'Také odkud přijeli');
    expect(agent.say('Přidej povinné pole e-mail').text).toMatch(/^Hotovo/);
    expect(await build(tree)).toMatchObject({ code: 0 });
  });
});
