import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allAttempts, attemptsSeen, type Verdicts, verdictsOf, writeAttempts } from './escape-written.ts';
import { processesWith, type TestRuntime, testRuntime } from './testing.ts';

const outside = attemptsSeen('outside');
const limits = { memoryMb: 256, pids: 64, seconds: 60, fileSizeMb: 8 };
type Folders = [string, string, string];

let on: TestRuntime;
const servers: Server[] = [];
const found: Record<string, Verdicts> = {};

async function listening(where: string | { port: number; host: string }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(where);
  await once(server, 'listening');
  servers.push(server);
  return server;
}

/** The attempts with the names of this test's host in them, in a folder of their own beside the runner. */
async function prepared(chosen: typeof allAttempts, name: string): Promise<string> {
  const server = await listening({ port: 0, host: '127.0.0.1' });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const socket = join(on.dir, `${name}.sock`);
  const abstract = `escape-${process.pid}-${name}`;
  await Promise.all([listening(socket), listening(`\0${abstract}`)]);
  const names = { HOSTSOCKET: socket, ABSTRACT: abstract, STATE: join(on.dir, 'state'), LOG: join(on.dir, 'w.log') };
  const values = { ...names, SECRET: on.secretFile, OTHER: join(on.dir, 'other'), PORT: port, PID: process.pid };
  const dir = join(on.dir, name, 'apps', 'worker');
  writeAttempts(dir, chosen, values);
  for (const more of ['packages', 'node_modules']) mkdirSync(join(on.dir, name, more));
  writeFileSync(join(on.dir, name, 'package.json'), '{}');
  return dir;
}

async function asBuild(): Promise<Verdicts> {
  const dir = await prepared(allAttempts, 'build');
  const argv = ['node', '/workspace/run.cjs', '/workspace/attempts.json', '/tmp'];
  const binds = [{ from: dir, to: '/workspace', mode: 'rw' as const }];
  return verdictsOf(
    (await on.runtime.run({ id: 'b', kind: 'build', argv, env: {}, cwd: '/tmp', binds, limits })).outputTail,
  );
}

async function asApp(): Promise<Verdicts> {
  const artefactDir = await prepared(allAttempts, 'app');
  const argv = ['node', '/app/run.cjs', '/app/attempts.json', '/tmp'];
  const files = { artefactDir, socketDir: join(on.dir, 's', 'a'), logFile: join(on.dir, 'a.log') };
  const app = await on.runtime.startApp({
    id: 'a',
    argv,
    env: {},
    limits,
    ...files,
    healthPath: '/',
    startTimeoutMs: 60_000,
  });
  return verdictsOf((await app.stop(1_000)).logTail);
}

/** The same in a sandbox that was started before anybody knew whose it would be. */
async function asSpare(): Promise<Verdicts> {
  const artefactDir = await prepared(allAttempts, 'spare');
  const first = join(on.dir, 'first');
  const [socketsDir, cacheDir, egressDir] = ['s', 'cache', 'egress'].map((name) => join(on.dir, name)) as Folders;
  for (const folder of [first, cacheDir, egressDir]) mkdirSync(folder, { recursive: true });
  const server = `require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.SOCKET_PATH)`;
  writeFileSync(join(first, 'run.cjs'), server);
  writeFileSync(join(cacheDir, 'compiled'), '');
  const spec = (id: string, code: string) => ({
    ...{ id, artefactDir: code, cacheDir, egressDir, env: {}, limits, healthPath: '/', startTimeoutMs: 60_000 },
    argv: ['node', '/app/run.cjs', '/app/attempts.json', '/tmp'],
    ...{ socketDir: join(socketsDir, id), logFile: join(on.dir, `${id}.log`) },
  });
  await (await on.runtime.startApp(spec('first', first))).stop(1_000);
  await vi.waitUntil(() => readdirSync(socketsDir).some((name) => name.startsWith('spare-')), 30_000);
  const app = await on.runtime.startApp(spec('spared', artefactDir));
  expect(readdirSync(join(socketsDir, 'spared', 'in'))).toEqual([]);
  return verdictsOf((await app.stop(1_000)).logTail);
}

/** A child in a session of its own, as an agent's Bash may leave one behind. */
const orphan = `93.${process.pid}`;

async function asWorker(): Promise<Verdicts> {
  await prepared(allAttempts, 'worker');
  const [homeDir, depsDir, packagesDir, controlDir] = ['home', 'deps', 'packages', 'control'].map((name) => {
    mkdirSync(join(on.dir, name));
    return join(on.dir, name);
  }) as [string, string, string, string];
  await listening(join(controlDir, 'control.sock'));
  // A worker is given no arguments: its entry names them.
  const leave = `const left = require('child_process').spawn('sleep', ['${orphan}'], { detached: true, stdio: 'ignore' });
    left.on('spawn', () => { console.log('orphan\\tstarted'); left.unref() });`;
  const entry = `${leave} process.argv.push(__dirname + '/attempts.json', '/tmp'); require('./run.cjs')`;
  writeFileSync(join(on.dir, 'worker', 'apps', 'worker', 'entry.cjs'), entry);
  const repository = {
    repositoryDir: join(on.dir, 'worker'),
    entry: 'apps/worker/entry.cjs',
    logFile: join(on.dir, 'w.log'),
  };
  const worker = await on.runtime.startWorker({
    id: 'w',
    env: {},
    limits,
    workspaces: [],
    homeDir,
    depsDir,
    packagesDir,
    controlDir,
    ...repository,
  });
  return verdictsOf((await worker.exited).logTail);
}

async function withoutSandbox(): Promise<Verdicts> {
  const dir = await prepared(outside, 'outside');
  const cwd = join(on.dir, 'cwd');
  mkdirSync(cwd);
  const env = { PATH: process.env.PATH, PLATFORM_CANARY: 'a secret' };
  const argv = [join(dir, 'run.cjs'), join(dir, 'attempts.json'), cwd];
  return verdictsOf((await promisify(execFile)(process.execPath, argv, { env })).stdout);
}

beforeAll(async () => {
  on = await testRuntime({}, 1);
  mkdirSync(join(on.dir, 'other'));
  writeFileSync(join(on.dir, 'other', 'data.txt'), 'other tenant');
  process.env.PLATFORM_CANARY = 'a secret';
  const kinds = [asBuild(), asApp(), asSpare(), asWorker(), withoutSandbox()];
  const [build, app, spare, worker, free] = await Promise.all(kinds);
  Object.assign(found, { build, app, spare, worker, free });
}, 120_000);
afterAll(async () => {
  delete process.env.PLATFORM_CANARY;
  for (const server of servers) server.close();
  await on.close();
});

test('there are at least forty attempts, each with a name of its own', () => {
  expect(new Set(allAttempts.map(([name]) => name)).size).toBe(allAttempts.length);
  expect(allAttempts.length).toBeGreaterThanOrEqual(40);
});

describe.each(['build', 'app', 'spare', 'worker'])('as %s', (kind) => {
  test.each(allAttempts)('%s', (name) => expect(found[kind]?.get(name)).toBe('held'));
});

describe('without a sandbox the same program gets there', () => {
  test.each(outside)('%s', (name) => expect(found.free?.get(name)).toBe('ESCAPED'));
});

test('what a worker leaves behind dies with it', () => {
  expect(found.worker?.get('orphan')).toBe('started');
  expect(processesWith(orphan)).toEqual([]);
});
