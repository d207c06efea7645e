import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SandboxRefused } from '../errors.ts';
import type { WorkerSpec } from '../runtime.ts';
import { type SeatbeltTestRuntime, seatbeltRuntime } from './testing/runtime.ts';

let on: SeatbeltTestRuntime;
const said = Promise.withResolvers<string>();
const control = createServer((req, res) => {
  req.setEncoding('utf8').on('data', (text: string) => said.resolve(text));
  req.on('end', () => res.end());
});

/** It finds all by its environment: here nothing is at /workspace. */
const program = `
import { words } from '@talkide/contracts';
import { createServer, request } from 'node:http';
import fs from 'node:fs';
const { TALKIDE_WORKSPACE, TALKIDE_CONTROL_SOCKET, TALKIDE_WORKER_TOKEN, TALKIDE_WORKER_RELAY_PORT, TMPDIR, HOME } = process.env;
fs.writeFileSync(TALKIDE_WORKSPACE + '/p1/new.txt', '');
fs.writeFileSync(TMPDIR + '/x', '');
const found = { words, token: TALKIDE_WORKER_TOKEN, atHome: process.cwd() === HOME, shown: fs.readFileSync(TMPDIR + '/kept/login', 'utf8') };
createServer().listen(Number(TALKIDE_WORKER_RELAY_PORT), '127.0.0.1', () => {
  request({ socketPath: TALKIDE_CONTROL_SOCKET, method: 'POST', path: '/' }).end(JSON.stringify(found));
});
`;

beforeAll(async () => {
  on = await seatbeltRuntime();
  const repository = join(on.dir, 'my repo');
  const contracts = join(repository, 'packages', 'contracts');
  for (const folder of ['apps/worker/src', 'packages/contracts', 'node_modules/@talkide'])
    mkdirSync(join(repository, folder), { recursive: true });
  writeFileSync(join(repository, 'package.json'), '{"type":"module"}');
  writeFileSync(join(repository, 'apps', 'worker', 'src', 'main.ts'), program);
  writeFileSync(join(contracts, 'package.json'), '{"type":"module","exports":"./index.ts"}');
  writeFileSync(join(contracts, 'index.ts'), `export const words: string = 'from contracts';`);
  symlinkSync('../../packages/contracts', join(repository, 'node_modules', '@talkide', 'contracts'));
  for (const folder of ['trees/p1', 'home', 'deps', 'packages', 'control'])
    mkdirSync(join(on.dir, folder), { recursive: true });
  writeFileSync(join(on.dir, 'login'), 'old');
  control.listen(join(on.dir, 'control', 'control.sock'));
  await once(control, 'listening');
});
afterAll(async () => {
  control.close();
  await on.close();
});

const spec = (): WorkerSpec => ({
  ...{ id: 'env1', repositoryDir: join(on.dir, 'my repo'), entry: 'apps/worker/src/main.ts' },
  ...{ env: { TALKIDE_WORKER_TOKEN: 'token' }, limits: { memoryMb: 256, pids: 64 } },
  workspaces: [{ from: join(on.dir, 'trees'), to: '/workspace', mode: 'rw' }],
  ...{ homeDir: join(on.dir, 'home'), controlDir: join(on.dir, 'control'), depsDir: join(on.dir, 'deps') },
  ...{ packagesDir: join(on.dir, 'packages'), logFile: join(on.dir, 'worker.log') },
  binds: [{ from: join(on.dir, 'login'), to: '/tmp/kept/login', mode: 'rw' }],
});

test('a worker finds its program, its trees, its home, the control socket and its port where the host has them', async () => {
  const worker = await on.runtime.startWorker(spec());
  const found = JSON.parse(await Promise.race([said.promise, worker.exited.then(({ logTail }) => logTail)]));
  expect(found).toEqual({ words: 'from contracts', token: 'token', atHome: true, shown: 'old' });
  expect(existsSync(join(on.dir, 'trees', 'p1', 'new.txt'))).toBe(true);
  expect(await worker.stop(10_000)).toMatchObject({ signal: 'SIGTERM' });
  expect(readdirSync(join(on.dir, 't'))).toEqual([]);
  // What its temporary folder linked to stays.
  expect(existsSync(join(on.dir, 'login'))).toBe(true);
});

test('a worker whose trees lead elsewhere is refused', async () => {
  symlinkSync('/etc', join(on.dir, 'trees-link'));
  const workspaces = [{ from: join(on.dir, 'trees-link'), to: '/workspace', mode: 'rw' as const }];
  await expect(on.runtime.startWorker({ ...spec(), workspaces })).rejects.toBeInstanceOf(SandboxRefused);
});
