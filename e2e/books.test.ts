import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import {
  type ConversationView,
  type CreditEntry,
  creditRoutes,
  type Project,
  type TopUp,
  type Turn,
} from '@talkide/contracts';
import { type DemoModel, startDemoModel } from '@talkide/demo-model';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Api, createApi, signUp } from './support/api.ts';
import { faultsInBooks } from './support/books.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';

const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
const PAID = '4242424242424242';
const DISPUTED = '4000000000000259';
const verifier = resolve(import.meta.dirname, '..', 'scripts/verify-ledger.mjs');

let home: string;
let port: number;
let model: DemoModel;
let platform: PlatformProcess;
let started: Date;
let api: Api;
let project: Project;

async function start(): Promise<void> {
  const env = {
    // So little that the first real turn cannot end.
    TALKIDE_STARTING_CREDIT_USD: '0.05',
    TALKIDE_MODEL_BASE_URL: model.url,
    TALKIDE_MODEL_API_KEY: 'books',
    TALKIDE_MODEL: 'talkide-demo',
  };
  platform = await startPlatform({ home, port, env });
  started = new Date();
}
beforeAll(async () => {
  [home, port, model] = [await makeHome(), await freePort(), await startDemoModel()];
  await start();
  ({ api } = await signUp(platform.url, person));
  project = await api.post<Project>('/api/projects', { name: 'Guest book', prompt: 'Build a guest book' });
});
afterAll(async () => {
  await platform.stop();
  await model.close();
  await removeHome(home);
});

const view = () => api.get<ConversationView>(`/api/projects/${project.id}/conversation`);
const find = (turn: Turn) => api.get<Turn>(`/api/turns/${turn.id}`);
const kinds = async () => {
  const { items } = await api.get<{ items: CreditEntry[] }>(creditRoutes.listCreditEntries.url);
  return items.map(({ kind }) => kind);
};
/** A call that outlives its turn ends soon after it. */
const booksAreRight = () =>
  vi.waitFor(async () => expect(await faultsInBooks(home, started)).toEqual([]), { timeout: 15_000 });

async function say(content: string): Promise<Turn> {
  const { conversation } = await view();
  return (await api.post<{ turn: Turn }>(`/api/conversations/${conversation.id}/messages`, { content })).turn;
}
/** A turn that has cost something and is far from its end until `hurry`. */
async function underWay(content: string): Promise<Turn> {
  model.faults.push({ kind: 'slow', eventMs: 50 });
  const turn = await say(content);
  await vi.waitUntil(async () => Number((await find(turn)).costUsd) > 0, { timeout: 60_000, interval: 5 });
  return turn;
}
const hurry = () => model.faults.splice(0);
const hasEnded = ({ status }: Turn) => status !== 'QUEUED' && status !== 'RUNNING';
const untilEnded = (turns: () => Promise<Turn[]>) =>
  vi.waitUntil(async () => (await turns()).every(hasEnded), { timeout: 120_000, interval: 50 });
/** How a turn ended. */
async function ending(turn: Turn): Promise<Pick<Turn, 'status' | 'errorCode'>> {
  await untilEnded(async () => [await find(turn)]);
  const { status, errorCode } = await find(turn);
  return { status, errorCode };
}
/** The same once nobody works any more: a turn that was cut off may have left what needs a repair. */
async function end(turn: Turn): Promise<Pick<Turn, 'status' | 'errorCode'>> {
  await untilEnded(async () => (await view()).turns);
  return ending(turn);
}
async function topUp(number: string): Promise<void> {
  const { payment } = await api.post<TopUp & { payment: { cardPageUrl: string } }>(creditRoutes.createTopUp.url, {
    amountUsd: '5',
  });
  const body = new URLSearchParams({ number, expiry: '12/34', cvc: '123' });
  await fetch(platform.url + payment.cardPageUrl, { method: 'POST', redirect: 'manual', body });
}

test('the books are right after turns that end in every way', async () => {
  const [asked] = (await view()).turns;
  if (!asked) throw new Error('the first message made no turn');
  expect(await end(asked)).toEqual({ status: 'SUCCEEDED', errorCode: null });
  expect(await end(await say('Name and message'))).toEqual({ status: 'CANCELLED', errorCode: 'no_credit' });
  await booksAreRight();

  await topUp(PAID);
  await vi.waitUntil(async () => (await kinds()).includes('TOP_UP'), { timeout: 30_000 });
  expect(await end(await say('Go on'))).toEqual({ status: 'SUCCEEDED', errorCode: null });
  await booksAreRight();

  const stopped = await underWay('Add a field phone');
  await api.post(`/api/turns/${stopped.id}/stop`);
  hurry();
  expect((await end(stopped)).status).toBe('CANCELLED');

  const paused = await underWay('Add a field city');
  await api.put('/api/admin/kill-switches/agent-turns', { enabled: true, reason: 'A test' });
  expect(await ending(paused)).toEqual({ status: 'CANCELLED', errorCode: 'agents_paused' });
  await api.put('/api/admin/kill-switches/agent-turns', { enabled: false });
  hurry();
  await end(paused);
  await booksAreRight();
});

test('and after a platform that was killed in the middle of a turn, and a payment that was disputed', async () => {
  const killed = await underWay('Add a field phone');
  await platform.stop('SIGKILL');
  hurry();
  await start();
  const { accessToken } = await createApi(platform.url).post<{ accessToken: string }>('/api/auth/sign-in', person);
  api = createApi(platform.url, accessToken);
  await topUp(DISPUTED);
  expect(await end(killed)).toEqual({ status: 'SUCCEEDED', errorCode: null });
  await vi.waitUntil(async () => (await kinds()).includes('DISPUTE'), { timeout: 30_000 });
  await booksAreRight();

  const verifying = spawn(process.execPath, [verifier], {
    env: { ...process.env, TALKIDE_HOME: home },
    stdio: 'ignore',
  });
  expect(await once(verifying, 'close')).toEqual([0, null]);
});
