import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Runtime } from '../runtime.ts';
import { createLocalRuntime } from './local-runtime.ts';
import { processesWith } from './testing.ts';

let dir: string;
let platform: ChildProcess | null = null;
let next: Runtime | null = null;
const marker = `talkide-survivor-${process.pid}`;

const options = (workerRelease: string) => ({
  ...{ homeId: `survivor-${process.pid}`, stateDir: join(dir, 'state'), secretFile: join(dir, 'secret') },
  ...{ bwrap: '/usr/bin/bwrap', node: process.execPath, arch: process.arch, workerRelease },
});

const worker = () => ({
  ...{ id: 'w7', repositoryDir: join(dir, 'repo'), entry: 'apps/worker/main.cjs', env: {}, workspaces: [] },
  limits: { memoryMb: 256, pids: 32 },
  ...{
    homeDir: join(dir, 'home'),
    controlDir: join(dir, 'control'),
    depsDir: join(dir, 'deps'),
    packagesDir: join(dir, 'packages'),
  },
  logFile: join(dir, 'worker.log'),
});

/** It says that it lives as long as it does, and has a child that nothing but its sandbox ends. */
const program = `
  require('child_process').spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; sleep 600; :', '${marker}'], { detached: true });
  process.on('SIGTERM', () => { console.log('heard'); process.exit(0) });
  console.log('up');
  let beat = 0;
  setInterval(() => require('fs').writeFileSync(process.env.HOME + '/beat', String(beat += 1)), 20);`;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'sv-')));
  for (const name of [
    'repo/apps/worker',
    'repo/packages',
    'repo/node_modules',
    'home',
    'control',
    'deps',
    'packages',
  ]) {
    mkdirSync(join(dir, name), { recursive: true });
  }
  writeFileSync(join(dir, 'repo', 'package.json'), '{}');
  writeFileSync(join(dir, 'repo', 'apps', 'worker', 'main.cjs'), program);
  writeFileSync(join(dir, 'secret'), '');
});
afterEach(async () => {
  platform?.kill('SIGKILL');
  await next?.close();
  next = null;
  rmSync(dir, { recursive: true, force: true });
});

/** A platform in a process of its own that starts the worker and is killed. */
async function platformThatDies(): Promise<void> {
  const runtimeModule = new URL('./local-runtime.ts', import.meta.url).href;
  const script = `
    import { createLocalRuntime } from ${JSON.stringify(runtimeModule)};
    const runtime = await createLocalRuntime(${JSON.stringify(options('one'))});
    await runtime.startWorker(${JSON.stringify(worker())});
    process.stdout.write('up');
    setInterval(() => {}, 1000);`;
  platform = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (platform.stdout) await once(platform.stdout, 'data');
  await vi.waitUntil(() => existsSync(join(dir, 'home', 'beat')), 15_000);
  platform.kill('SIGKILL');
  await once(platform, 'exit');
}

const beat = () => Number(readFileSync(join(dir, 'home', 'beat'), 'utf8'));
const goesOn = async () => {
  const before = beat();
  await vi.waitUntil(() => beat() > before, 15_000);
};
const gone = () => vi.waitUntil(() => processesWith(marker).length === 0, 15_000);
const notes = () => readdirSync(join(dir, 'state', 'workers'));

test('a worker goes on when its platform dies; the next one knows it, measures it and stops it', async () => {
  await platformThatDies();
  await goesOn();
  next = await createLocalRuntime(options('one'));
  const [survivor, ...others] = next.survivors;
  expect(others).toEqual([]);
  expect(survivor?.id).toBe('w7');
  await goesOn();
  expect((await survivor?.stats())?.pids).toBeGreaterThan(2);
  expect(await survivor?.stop(5_000)).toMatchObject({ code: null, signal: null });
  expect(readFileSync(join(dir, 'worker.log'), 'utf8')).toBe('up\nheard\n');
  await gone();
  expect(await survivor?.stats()).toBeNull();
  expect(notes()).toEqual([]);
});

test('it ends with the platform that took it over', async () => {
  await platformThatDies();
  next = await createLocalRuntime(options('one'));
  await next.close();
  await gone();
});

test('a worker that another release started is ended', async () => {
  await platformThatDies();
  next = await createLocalRuntime(options('two'));
  expect(next.survivors).toEqual([]);
  await gone();
});

test('a note of a process that is gone, or of another with its id, is no worker', async () => {
  mkdirSync(join(dir, 'state', 'workers'), { recursive: true });
  const note = { id: 'w8', pid: process.pid, mark: 'another', group: null, release: 'one' };
  writeFileSync(join(dir, 'state', 'workers', 'w8.json'), JSON.stringify(note));
  writeFileSync(join(dir, 'state', 'workers', 'torn.json'), '{"id":');
  next = await createLocalRuntime(options('one'));
  expect(next.survivors).toEqual([]);
});
