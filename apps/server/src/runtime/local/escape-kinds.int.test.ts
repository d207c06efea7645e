import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attempts } from './escape-attempts.ts';
import { kernelAttempts } from './escape-attempts-kernel.ts';
import { platformAttempts } from './escape-attempts-platform.ts';
import { processesWith, type TestRuntime, testRuntime } from './testing.ts';

const all = [...attempts, ...kernelAttempts, ...platformAttempts];
const outside = all.filter(([, , , where]) => where === 'outside');
const limits = { memoryMb: 256, pids: 64, seconds: 60, fileSizeMb: 8 };
const runner = new URL('./escape-runner.cjs', import.meta.url).pathname;
type Verdicts = Map<string, string>;

function verdictsOf(output: string): Verdicts {
  return new Map(output.split('\n').flatMap((line) => [line.split('\t') as [string, string]]));
}

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
async function prepared(chosen: typeof all, name: string): Promise<string> {
  const server = await listening({ port: 0, host: '127.0.0.1' });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const socket = join(on.dir, `${name}.sock`);
  const abstract = `escape-${process.pid}-${name}`;
  await Promise.all([listening(socket), listening(`\0${abstract}`)]);
  const names = { HOSTSOCKET: socket, ABSTRACT: abstract, STATE: join(on.dir, 'state') };
  const values = { ...names, SECRET: on.secretFile, OTHER: join(on.dir, 'other'), PORT: port, PID: process.pid };
  const pattern = new RegExp(`(?<![A-Z_])(${Object.keys(values).join('|')})(?![A-Z_])`, 'g');
  const fill = (text: string) =>
    text
      .replace('/proc/1/rootSECRET', `/proc/1/root${on.secretFile}`)
      .replaceAll(pattern, (key) => String(values[key as keyof typeof values]));
  const dir = join(on.dir, name, 'apps', 'worker');
  mkdirSync(dir, { recursive: true });
  for (const more of ['packages', 'node_modules']) mkdirSync(join(on.dir, name, more));
  writeFileSync(join(on.dir, name, 'package.json'), '{}');
  copyFileSync(runner, join(dir, 'run.cjs'));
  const filled = chosen.map(([title, language, program]) => [title, language, fill(program)]);
  writeFileSync(join(dir, 'attempts.json'), JSON.stringify(filled));
  return dir;
}

async function asBuild(): Promise<Verdicts> {
  const dir = await prepared(all, 'build');
  const argv = ['node', '/workspace/run.cjs', '/workspace/attempts.json', '/tmp'];
  const binds = [{ from: dir, to: '/workspace', mode: 'rw' as const }];
  return verdictsOf(
    (await on.runtime.run({ id: 'b', kind: 'build', argv, env: {}, cwd: '/tmp', binds, limits })).outputTail,
  );
}

async function asApp(): Promise<Verdicts> {
  const artefactDir = await prepared(all, 'app');
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

/** A child in a session of its own, as an agent's Bash may leave one behind. */
const orphan = `93.${process.pid}`;

async function asWorker(): Promise<Verdicts> {
  await prepared(all, 'worker');
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
  on = await testRuntime();
  mkdirSync(join(on.dir, 'other'));
  writeFileSync(join(on.dir, 'other', 'data.txt'), 'other tenant');
  process.env.PLATFORM_CANARY = 'a secret';
  const [build, app, worker, free] = await Promise.all([asBuild(), asApp(), asWorker(), withoutSandbox()]);
  Object.assign(found, { build, app, worker, free });
}, 120_000);
afterAll(async () => {
  delete process.env.PLATFORM_CANARY;
  for (const server of servers) server.close();
  await on.close();
});

test('there are at least forty attempts, each with a name of its own', () => {
  expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(40);
});

describe.each(['build', 'app', 'worker'])('as %s', (kind) => {
  test.each(all)('%s', (name) => expect(found[kind]?.get(name)).toBe('held'));
});

describe('without a sandbox the same program gets there', () => {
  test.each(outside)('%s', (name) => expect(found.free?.get(name)).toBe('ESCAPED'));
});

test('what a worker leaves behind dies with it', () => {
  expect(found.worker?.get('orphan')).toBe('started');
  expect(processesWith(orphan)).toEqual([]);
});
