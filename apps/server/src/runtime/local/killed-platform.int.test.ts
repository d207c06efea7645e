import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
const isNested = canNest();
const limits = { memoryMb: 128, pids: 32 };

describe.runIf(isNested)('a sandbox in a PID namespace of its own', () => {
  const bwrap = ['/usr/bin/bwrap', '--unshare-all', '--die-with-parent', '--dev-bind', '/', '/'];
  const started = (outlives: boolean) => {
    const launching = { limits, join: [], outlives, nested: isNested };
    const [file = '', ...rest] = launcherArgv(launching, [...bwrap, 'sh', '-c', 'sleep 600; :', marker]);
    return spawn(file, rest, { stdio: 'ignore' });
  };
  const end = async (child: ChildProcess) => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const none = () => vi.waitFor(() => expect(marked()).toEqual([]), { timeout: 15_000 });

  test.each([true, false])(
    'leaves nothing when it is killed in the first moments of its start (outlives: %s)',
    async (outlives) => {
      const whole = started(outlives);
      await vi.waitFor(() => expect(marked().length).toBeGreaterThan(3), { timeout: 15_000 });
      await end(whole);
      await none();
      for (let at = 0; at < STARTS; at += 1) {
        const child = started(outlives);
        await delay((FIRST_MS * at) / STARTS);
        await end(child);
      }
      await none();
    },
  );

  test('is what the runtime starts', async () => {
    const runtime = await createLocalRuntime(options());
    const abort = new AbortController();
    const job = { id: 'a', kind: 'build', env: {}, cwd: '/tmp', binds: [], limits, abort: abort.signal } as const;
    const running = runtime.run({ ...job, argv: ['sh', '-c', 'sleep 600; :', marker] });
    const namespaces = () => new Set(marked().map((pid) => readlinkSync(`/proc/${pid}/ns/pid`)));
    // Ours, the one around bubblewrap, and bubblewrap's own.
    await vi.waitFor(() => expect(namespaces().size).toBe(3), { timeout: 15_000 });
    abort.abort();
    await running;
    await runtime.close();
  });
});
