import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
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
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { groupDirs } from './cgroup-limits.ts';
import { findCgroups } from './cgroups.ts';
import { canNest, launcherArgv } from './launcher.ts';
import { createLocalRuntime } from './local-runtime.ts';
import { processesWith } from './testing.ts';

let dir: string;
let platform: ChildProcess | null = null;
const homeId = `killed-${process.pid}`;
const marker = `talkide-marker-${process.pid}`;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'kp-')));
  mkdirSync(join(dir, 'app'));
  writeFileSync(join(dir, 'secret'), '');
});
afterEach(() => {
  platform?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const options = () => ({
  homeId,
  stateDir: join(dir, 'state'),
  secretFile: join(dir, 'secret'),
  bwrap: '/usr/bin/bwrap',
  node: process.execPath,
  arch: process.arch,
});

const marked = () => processesWith(marker);

function groups(): string[] {
  const found = findCgroups(
    homeId,
    readFileSync('/proc/self/mountinfo', 'utf8'),
    readFileSync('/proc/self/cgroup', 'utf8'),
  );
  const names = (parent: string) =>
    readdirSync(parent).filter((name) => existsSync(join(parent, name, 'cgroup.procs')));
  return found ? groupDirs(found.parent).flatMap(names) : [];
}

/** A platform in a process of its own, that starts an app with a child which ignores signals. */
async function startPlatform(): Promise<ChildProcess> {
  const server = `
    require('child_process').spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; sleep 600; :', '${marker}'], { detached: true });
    require('http').createServer((q, r) => r.end()).listen(process.env.SOCKET_PATH);`;
  writeFileSync(join(dir, 'app', 'server.cjs'), server);
  const runtimeModule = new URL('./local-runtime.ts', import.meta.url).href;
  const program = `
    import { createLocalRuntime } from ${JSON.stringify(runtimeModule)};
    const runtime = await createLocalRuntime(${JSON.stringify(options())});
    await runtime.startApp({ id: 'a', artefactDir: ${JSON.stringify(join(dir, 'app'))}, argv: ['node', 'server.cjs'], env: {},
      limits: { memoryMb: 128, pids: 32 }, socketDir: ${JSON.stringify(join(dir, 's'))}, logFile: ${JSON.stringify(join(dir, 'log'))},
      healthPath: '/', startTimeoutMs: 10000 });
    process.stdout.write('up');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('nothing survives a platform that was killed, and the next one clears up', async () => {
  platform = await startPlatform();
  await vi.waitFor(() => expect(marked().length).toBeGreaterThan(0), 15_000);
  platform.kill('SIGKILL');
  await vi.waitFor(() => expect(marked()).toEqual([]), { timeout: 20_000 });
  const next = await createLocalRuntime(options());
  expect(next.status.status).toBe('available');
  expect(groups()).toEqual([]);
  await next.close();
});

test('what had only begun to start ends with the platform too', async () => {
  const gate = join(dir, 'gate');
  execFileSync('mkfifo', [gate]);
  const launcher = new URL('./launcher.ts', import.meta.url).href;
  const launching = { limits: { memoryMb: 128, pids: 32 }, join: [gate], outlives: false, nested: false };
  // The launcher stops at a group that nobody lets it join, before there is a bubblewrap.
  const program = `
    import { spawn } from 'node:child_process';
    import { launcherArgv } from ${JSON.stringify(launcher)};
    const [file, ...rest] = launcherArgv(${JSON.stringify(launching)}, ['${marker}']);
    spawn(file, rest);
    process.stdout.write('up');`;
  platform = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const begun = () => marked().filter((pid) => Number(pid) !== platform?.pid);
  await vi.waitFor(() => expect(begun()).toHaveLength(1), 15_000);
  platform.kill('SIGKILL');
  await vi.waitFor(() => expect(begun()).toEqual([]), { timeout: 15_000 });
});

const FIRST_MS = 14;
const STARTS = 60;

test('a sandbox that is killed in the first moments of its start leaves nothing', async () => {
  expect(await canNest()).toBe(process.getuid?.() === 0);
  const launching = { limits: { memoryMb: 128, pids: 32 }, join: [], outlives: true, nested: true };
  const sandbox = ['/usr/bin/bwrap', '--unshare-all', '--die-with-parent', '--dev-bind', '/', '/'];
  const [file = '', ...rest] = launcherArgv(launching, [...sandbox, 'sh', '-c', 'sleep 600; :', marker]);
  for (let at = 0; at < STARTS; at += 1) {
    const child = spawn(file, rest, { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await delay((FIRST_MS * at) / STARTS);
    child.kill('SIGKILL');
    await ended;
  }
  await vi.waitFor(() => expect(marked()).toEqual([]), { timeout: 15_000 });
});
