import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processesWith } from '../local/testing.ts';
import { endMachineLeftovers } from '../machine-runtime.ts';
import type { Runtime } from '../runtime.ts';
import { readNotes, writeNote } from './notes.ts';
import { createSeatbeltRuntime, type SeatbeltOptions } from './seatbelt-runtime.ts';
import { testHome, unjudged } from './testing/runtime.ts';

let dir: string;
let options: SeatbeltOptions;
let platform: ChildProcess | null = null;
let next: Runtime | null = null;
const marker = `talkide-seatbelt-${process.pid}`;

beforeEach(() => {
  ({ dir, options } = testHome());
  for (const name of [
    'app',
    'repo/apps/worker',
    'repo/packages',
    'repo/node_modules',
    'home',
    'control',
    'deps',
    'packages',
  ])
    mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, 'repo', 'package.json'), '{}');
});
afterEach(async () => {
  platform?.kill('SIGKILL');
  await next?.close();
  next = null;
  rmSync(dir, { recursive: true, force: true });
});

const at = (workerRelease: string) => ({ ...options, workerRelease });
const open = async (release: string) => {
  next = await createSeatbeltRuntime(at(release), unjudged);
  return next;
};
const noted = () => readdirSync(join(dir, 'state', 'running'));
const gone = () => vi.waitUntil(() => processesWith(marker).length === 0, 15_000);

/** A child in a session of its own, which ignores signals, and which was seen before its parent ends. */
const child = `require('child_process').spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; sleep 600; :', '${marker}'], { detached: true, stdio: 'ignore' });`;

/** A platform in a process of its own; killed once `isUp`. */
async function platformThatDies(does: string, isUp: () => boolean): Promise<void> {
  const [runtimeModule, testing] = ['./seatbelt-runtime.ts', './testing/runtime.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const script = `
    import { createSeatbeltRuntime } from ${JSON.stringify(runtimeModule)};
    import { unjudged } from ${JSON.stringify(testing)};
    const runtime = await createSeatbeltRuntime(${JSON.stringify(at('one'))}, unjudged);
    ${does}
    setInterval(() => {}, 1000);`;
  platform = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await vi.waitUntil(isUp, { timeout: 20_000 });
  platform.kill('SIGKILL');
  await once(platform, 'exit');
}

const spec = () => ({
  ...{
    id: 'a',
    artefactDir: join(dir, 'app'),
    argv: ['node', 'server.cjs'],
    env: {},
    healthPath: '/',
    startTimeoutMs: 10_000,
  },
  ...{ limits: { memoryMb: 128, pids: 32 }, socketDir: join(dir, 's'), logFile: join(dir, 'log') },
});

const membersNoted = () =>
  (existsSync(join(dir, 'state', 'running')) ? readNotes(join(dir, 'state')) : []).flatMap(({ members }) => members);

test('what a killed platform left is ended by the next one, also what had left its group', async () => {
  writeFileSync(
    join(dir, 'app', 'server.cjs'),
    `${child} require('http').createServer((q, r) => r.end()).listen(process.env.SOCKET_PATH);`,
  );
  await platformThatDies(`await runtime.startApp(${JSON.stringify(spec())});`, () => membersNoted().length >= 3);
  // It left the group that ends with its platform.
  expect(processesWith(marker).length).toBeGreaterThan(0);
  expect((await open('one')).status.status).toBe('available');
  await gone();
  expect(noted()).toEqual([]);
  expect(readdirSync(join(dir, 't'))).toEqual([]);
});

test('what stays in its group ends with its platform', async () => {
  const code = `require('child_process').spawn('/bin/sh', ['-c', 'sleep 600; :', '${marker}']); require('http').createServer((q, r) => r.end()).listen(process.env.SOCKET_PATH);`;
  writeFileSync(join(dir, 'app', 'server.cjs'), code);
  await platformThatDies(`await runtime.startApp(${JSON.stringify(spec())});`, () => membersNoted().length >= 3);
  await gone();
});

test('a process that got the id of a noted one is left alone', async () => {
  const stranger = spawn('sleep', ['600'], { detached: true });
  const { pid = 0 } = stranger;
  const about = { name: 'n1', id: 'a', kind: 'app', tempDir: join(dir, 't', 'n1'), release: null };
  writeNote(join(dir, 'state'), { ...about, members: [{ pid, mark: 'Thu Jan  1 00:00:00 1970' }] });
  writeFileSync(join(dir, 'state', 'running', 'torn.json'), '{"name":');
  await open('one');
  expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
  expect(noted()).toEqual([]);
  stranger.kill('SIGKILL');
});

test('a program that ends takes with it what it started and left behind', async () => {
  const runtime = await open('one');
  const code = `${child} process.on('SIGTERM', () => process.exit(0)); require('http').createServer((q, r) => r.end()).listen(process.env.SOCKET_PATH);`;
  writeFileSync(join(dir, 'app', 'server.cjs'), code);
  const app = await runtime.startApp(spec());
  await vi.waitUntil(async () => ((await app.stats())?.pids ?? 0) >= 3, 15_000);
  expect(await app.stop(10_000)).toMatchObject({ code: 0 });
  expect(processesWith(marker)).toEqual([]);
  expect([noted(), readdirSync(join(dir, 't'))]).toEqual([[], []]);
});

const worker = () => ({
  ...{ id: 'w7', repositoryDir: join(dir, 'repo'), entry: 'apps/worker/main.cjs', env: {}, workspaces: [] },
  ...{ limits: { memoryMb: 256, pids: 32 }, homeDir: join(dir, 'home'), controlDir: join(dir, 'control') },
  ...{ depsDir: join(dir, 'deps'), packagesDir: join(dir, 'packages'), logFile: join(dir, 'worker.log') },
});

/** It says that it lives as long as it does. */
const workerProgram = `${child}
  process.on('SIGTERM', () => { console.log('heard'); process.exit(0) });
  console.log('up');
  let beat = 0;
  setInterval(() => require('fs').writeFileSync(process.env.HOME + '/beat', String(beat += 1)), 20);`;

async function workerOfADeadPlatform(): Promise<void> {
  writeFileSync(join(dir, 'repo', 'apps', 'worker', 'main.cjs'), workerProgram);
  await platformThatDies(`await runtime.startWorker(${JSON.stringify(worker())});`, () => membersNoted().length >= 3);
}

const beat = () => Number(readFileSync(join(dir, 'home', 'beat'), 'utf8'));
const goesOn = async () => {
  const before = beat();
  await vi.waitUntil(() => beat() > before, 15_000);
};

test('a worker goes on when its platform dies; the next one knows it, measures it and stops it', async () => {
  await workerOfADeadPlatform();
  await goesOn();
  const [survivor, ...others] = (await open('one')).survivors;
  expect([survivor?.id, others]).toEqual(['w7', []]);
  await goesOn();
  expect((await survivor?.stats())?.pids).toBeGreaterThan(2);
  expect(readdirSync(join(dir, 't'))).toHaveLength(1);
  expect(await survivor?.stop(5_000)).toMatchObject({ code: null, signal: null });
  expect(readFileSync(join(dir, 'worker.log'), 'utf8')).toBe('up\nheard\n');
  await gone();
  expect(await survivor?.stats()).toBeNull();
  expect([noted(), readdirSync(join(dir, 't'))]).toEqual([[], []]);
});

test('it ends with the platform that took it over', async () => {
  await workerOfADeadPlatform();
  await (await open('one')).close();
  await gone();
});

test('a worker that another release started is ended', async () => {
  await workerOfADeadPlatform();
  expect((await open('two')).survivors).toEqual([]);
  await gone();
});

test('another platform ends all that a dead one left, its workers too', async () => {
  await workerOfADeadPlatform();
  await endMachineLeftovers({ homeId: 'x', stateDir: options.stateDir }, 'darwin');
  await gone();
  expect(noted()).toEqual([]);
});
