import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SandboxRefused } from '../errors.ts';
import type { WorkerSpec } from '../runtime.ts';
import { withLoopbackPort } from './canaries.ts';
import { type TestRuntime, testRuntime } from './testing.ts';

let on: TestRuntime;
const said = Promise.withResolvers<string>();
const control = createServer((req, res) => {
  req.setEncoding('utf8').on('data', (text: string) => said.resolve(text));
  req.on('end', () => res.end());
});

const program = `
import { words } from '@talkide/contracts';
import { request } from 'node:http';
import fs from 'node:fs';
const can = (act: () => unknown) => { try { act(); return true } catch { return false } };
const found = {
  words,
  tree: can(() => fs.writeFileSync('/workspace/p1/new.txt', '')),
  home: can(() => fs.writeFileSync(process.env.HOME + '/session', '')),
  program: can(() => fs.writeFileSync('/opt/talkide/apps/worker/src/main.ts', '')),
  deps: can(() => fs.writeFileSync('/opt/deps/x', '')),
  packages: can(() => fs.writeFileSync('/opt/packages/x', '')),
  server: can(() => fs.readdirSync('/opt/talkide/apps/server')),
  token: process.env.TALKIDE_WORKER_TOKEN,
};
request({ socketPath: '/run/talkide/control.sock', method: 'POST', path: '/' }).end(JSON.stringify(found));
setInterval(() => {}, 1000);
`;

beforeAll(async () => {
  on = await testRuntime();
  const repository = join(on.dir, 'repo');
  const contracts = join(repository, 'packages', 'contracts');
  const folders = ['apps/worker/src', 'apps/server', 'packages/contracts', 'node_modules/@talkide'];
  for (const folder of folders) mkdirSync(join(repository, folder), { recursive: true });
  writeFileSync(join(repository, 'package.json'), '{"type":"module"}');
  writeFileSync(join(repository, 'apps', 'worker', 'src', 'main.ts'), program);
  writeFileSync(join(contracts, 'package.json'), '{"type":"module","exports":"./index.ts"}');
  writeFileSync(join(contracts, 'index.ts'), `export const words: string = 'from contracts';`);
  symlinkSync('../../packages/contracts', join(repository, 'node_modules', '@talkide', 'contracts'));
  for (const folder of ['trees/p1', 'home', 'deps', 'packages']) mkdirSync(join(on.dir, folder), { recursive: true });
  mkdirSync(join(on.dir, 'control'));
  control.listen(join(on.dir, 'control', 'control.sock'));
  await once(control, 'listening');
});
afterAll(async () => {
  control.close();
  await on.close();
});

const spec = (): WorkerSpec => ({
  id: 'env1',
  repositoryDir: join(on.dir, 'repo'),
  entry: 'apps/worker/src/main.ts',
  env: { TALKIDE_WORKER_TOKEN: 'token' },
  limits: { memoryMb: 256, pids: 64 },
  workspaces: [{ from: join(on.dir, 'trees'), to: '/workspace', mode: 'rw' }],
  homeDir: join(on.dir, 'home'),
  controlDir: join(on.dir, 'control'),
  depsDir: join(on.dir, 'deps'),
  packagesDir: join(on.dir, 'packages'),
  logFile: join(on.dir, 'worker.log'),
});

test('a worker sees its program, its trees and its home, and reaches the control socket', async () => {
  const worker = await on.runtime.startWorker(spec());
  const found = JSON.parse(await Promise.race([said.promise, worker.exited.then(({ logTail }) => logTail)]));
  const may = { words: 'from contracts', tree: true, home: true, token: 'token' };
  expect(found).toEqual({ ...may, program: false, deps: false, packages: false, server: false });
  expect(await worker.stop(1_000)).toMatchObject({ signal: 'SIGTERM' });
});

test('a worker on the network of the host reaches it and what else it is shown, and sees no more of the host', async () => {
  const login = join(on.dir, 'login');
  writeFileSync(login, 'old');
  const probe = `
    const fs = require('node:fs'); const net = require('node:net');
    const can = (act) => { try { act(); return true } catch { return false } };
    const found = {
      secret: can(() => fs.readFileSync(${JSON.stringify(on.secretFile)})),
      repository: can(() => fs.readdirSync(${JSON.stringify(on.dir)})),
      names: fs.existsSync('/etc/resolv.conf') === ${existsSync('/etc/resolv.conf')},
      login: can(() => fs.writeFileSync('/tmp/kept/login', 'renewed')),
      lock: can(() => fs.mkdirSync('/tmp/kept/lock')),
    };
    const end = (host) => { console.log(JSON.stringify({ ...found, host })); };
    net.connect(Number(process.env.HOST_PORT), '127.0.0.1').on('connect', function () { this.destroy(); end(true); }).on('error', () => end(false));
  `;
  writeFileSync(join(on.dir, 'repo', 'apps', 'worker', 'src', 'probe.cjs'), probe);
  const see = (more: Partial<WorkerSpec>) =>
    withLoopbackPort(async (port) => {
      const env = { TALKIDE_WORKER_TOKEN: 'token', HOST_PORT: String(port) };
      const one = { ...spec(), entry: 'apps/worker/src/probe.cjs', env, ...more };
      return JSON.parse((await (await on.runtime.startWorker(one)).exited).logTail) as object;
    });
  const binds = [{ from: login, to: '/tmp/kept/login', mode: 'rw' as const }];
  expect(await see({ network: 'host', binds })).toEqual({
    ...{ secret: false, repository: false },
    ...{ names: true, login: true, lock: true, host: true },
  });
  expect(readFileSync(login, 'utf8')).toBe('renewed');
  expect(await see({})).toMatchObject({ secret: false, login: false, host: false });
});

test('a worker whose trees lead elsewhere is refused', async () => {
  symlinkSync('/etc', join(on.dir, 'trees-link'));
  const workspaces = [{ from: join(on.dir, 'trees-link'), to: '/workspace', mode: 'rw' as const }];
  await expect(on.runtime.startWorker({ ...spec(), workspaces })).rejects.toBeInstanceOf(SandboxRefused);
});
