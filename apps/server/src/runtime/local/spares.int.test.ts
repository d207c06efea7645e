import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AppSpec } from '../runtime.ts';
import { processesWith, type TestRuntime, testRuntime } from './testing.ts';

const limits = { memoryMb: 256, pids: 64 };
const marker = `spare-test-${process.pid}.cjs`;
let on: TestRuntime;
let places: { artefactDir: string; cacheDir: string; egressDir: string };
let count = 0;

const told = `
  const fs = require('node:fs');
  const openFiles = () => fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return fs.readlinkSync('/proc/self/fd/' + fd) } catch { return [] }
  }).filter((path) => path.startsWith('/') && !/^\\/(proc|dev)\\//.test(path));
  const tried = ['/app/x', '/var/cache/app/x'].map((path) => { try { fs.writeFileSync(path, ''); return 'wrote' } catch (e) { return e.code } });
  const answer = { origin: performance.timeOrigin, env: process.env, argv: process.argv, cwd: process.cwd(), tried,
    main: require.main === module, stdin: fs.readlinkSync('/proc/self/fd/0'), files: openFiles(), 
    app: fs.readdirSync('/app').sort(), pids: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length };
  console.log('told ' + process.env.KEY);
  const child = require('node:child_process').spawnSync(process.execPath, ['-p', '"child " + process.env.KEY'], { encoding: 'utf8' });
  answer.child = child.stdout.trim();
  require('node:http').createServer((q, r) => r.end(JSON.stringify(answer))).listen(process.env.SOCKET_PATH);`;

beforeAll(async () => {
  on = await testRuntime({}, 1);
});
afterAll(() => on.close());

/** An application of its own. */
beforeEach(() => {
  count += 1;
  const [artefactDir, cacheDir, egressDir] = ['app', 'cache', 'egress'].map((name) => join(on.dir, `${name}${count}`));
  places = { artefactDir, cacheDir, egressDir } as typeof places;
  for (const folder of Object.values(places)) mkdirSync(folder);
  mkdirSync(join(places.artefactDir, 'below'));
  writeFileSync(join(places.artefactDir, marker), told);
  writeFileSync(join(places.artefactDir, 'below', 'page.html'), '');
  writeFileSync(join(places.cacheDir, 'compiled'), '');
});

const spec = (id: string, more: Partial<AppSpec> = {}): AppSpec => ({
  ...{ id, limits, argv: ['node', marker], healthPath: '/', startTimeoutMs: 20_000, ...places },
  ...{ env: { NODE_ENV: 'production', KEY: 'a secret' }, secrets: ['a secret'] },
  ...{ socketDir: join(on.dir, 's', id), logFile: join(on.dir, `${id}.log`), ...more },
});

const spares = () => readdirSync(join(on.dir, 's')).filter((name) => name.startsWith('spare-'));
/** Its Node process, seen from outside, once its time has begun: Node has threads of its own a moment after that. */
const waiting = () =>
  processesWith(marker).filter(
    (pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node\0') && readdirSync(`/proc/${pid}/task`).length > 1,
  );
const aSpare = () => vi.waitUntil(() => waiting().length > 0, { timeout: 20_000, interval: 20 });

interface Told {
  origin: number;
  env: Record<string, string>;
  [other: string]: unknown;
}

const ask = (socketPath: string) =>
  new Promise<Told>((resolve, reject) => {
    request({ socketPath, agent: false }, async (answer) => {
      resolve(JSON.parse((await answer.toArray()).join('')));
    })
      .on('error', reject)
      .end();
  });

/** Starts it; whether in a process that began before. */
async function start(of: AppSpec): Promise<{ ahead: boolean; told: Told; stop(): Promise<{ logTail: string }> }> {
  const before = Date.now();
  const app = await on.runtime.startApp(of);
  expect(app.socketPath).toBe(join(of.socketDir, 'http.sock'));
  const told = await ask(app.socketPath);
  return { ahead: told.origin < before, told, stop: () => app.stop(10_000) };
}

test('an application cannot tell that its process was started ahead', async () => {
  const long = await start(spec('long'));
  await long.stop();
  await aSpare();
  const [slot = ''] = spares();
  const short = await start(spec('short', { logFile: join(on.dir, 'short.log') }));
  expect([long.ahead, short.ahead]).toEqual([false, true]);
  const without = ({ origin: _, tried: __, ...rest }: Told) => rest;
  expect(without(short.told)).toEqual(without(long.told));
  // Compiled code is kept by the first start only.
  expect([long.told.tried, short.told.tried]).toEqual([
    ['EROFS', 'wrote'],
    ['EROFS', 'EROFS'],
  ]);
  expect((await short.stop()).logTail).toBe('told •••\n');
  expect(readFileSync(join(on.dir, 'short.log'), 'utf8')).not.toContain('a secret');
  expect(spares()).not.toContain(slot);
  expect(readdirSync(join(on.dir, 'state', 'sandbox', 'spares'))).not.toContain(slot);
});

test('the way out of an application is its own', async () => {
  const socket = join(places.egressDir, 'egress.sock');
  const outside = createServer((_request, answer) => answer.end('mine'));
  await new Promise<void>((done) => outside.listen(socket, done));
  const asks = `require('node:http').get({ socketPath: '/run/egress/egress.sock', agent: false }, (a) => a.on('data', (text) =>
    require('node:http').createServer((q, r) => r.end(JSON.stringify({ origin: performance.timeOrigin, text: String(text) }))).listen(process.env.SOCKET_PATH)))`;
  writeFileSync(join(places.artefactDir, marker), asks);
  await (await start(spec('egress-long'))).stop();
  await aSpare();
  const app = await start(spec('egress-short'));
  expect(app).toMatchObject({ ahead: true, told: { text: 'mine' } });
  await app.stop();
  outside.close();
});

test.each<[string, () => Partial<AppSpec>]>([
  ['what Node reads before anything else', () => ({ env: { NODE_OPTIONS: '--no-warnings' } })],
  ['a time zone', () => ({ env: { TZ: 'Europe/Prague' } })],
  ['other limits', () => ({ limits: { ...limits, memoryMb: 300 } })],
  ['another program', () => ({ argv: [process.execPath, marker].with(0, '/opt/node/bin/node') })],
  [
    'nothing compiled yet',
    () => {
      const cacheDir = join(on.dir, `empty${count}`);
      mkdirSync(cacheDir);
      return { cacheDir };
    },
  ],
])('an application with %s is started the long way', async (_what, more) => {
  await (await start(spec(`plain${count}`))).stop();
  await aSpare();
  const app = await start(spec(`other${count}`, more()));
  expect(app.ahead).toBe(false);
  await app.stop();
});

test('one that died is not missed, and none is left after the end', async () => {
  await (await start(spec('before'))).stop();
  await aSpare();
  for (const pid of waiting()) process.kill(Number(pid), 'SIGKILL');
  const app = await start(spec('after'));
  expect(app.ahead).toBe(false);
  await app.stop();
  await on.close();
  expect(processesWith(marker)).toEqual([]);
});
