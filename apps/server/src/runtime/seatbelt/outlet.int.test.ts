import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SeatbeltTestRuntime, seatbeltRuntime } from './testing/runtime.ts';

let on: SeatbeltTestRuntime;
let egressDir: string;
let proxy: Server;

beforeAll(async () => {
  on = await seatbeltRuntime();
  egressDir = join(on.dir, 'egress');
  mkdirSync(egressDir);
  // Stands for the platform's proxy: answers in place of every host.
  proxy = createServer((asked, answer) => answer.end(`proxy saw ${asked.url}`));
  await new Promise<void>((done) => proxy.listen(join(egressDir, 'egress.sock'), done));
});
afterAll(async () => {
  await on.close();
  proxy.close();
});

const get = (socketPath: string) =>
  new Promise<string>((resolve, reject) => {
    request({ socketPath, agent: false }, async (answer) => resolve((await answer.toArray()).join('')))
      .on('error', reject)
      .end();
  });

test('an application reaches its way out by a port of its own, two at a time', async () => {
  // The look at its health waits for nobody.
  const code = `
    const http = require('node:http');
    http.createServer((q, r) => q.url === '/health' ? r.end() : http.get('http://shop.example/x', (a) => a.pipe(r))).listen(process.env.SOCKET_PATH);`;
  const start = (id: string) => {
    const artefactDir = join(on.dir, id);
    mkdirSync(artefactDir);
    writeFileSync(join(artefactDir, 'server.cjs'), code);
    return on.runtime.startApp({
      ...{ id, artefactDir, argv: ['node', 'server.cjs'], env: {}, limits: { memoryMb: 256, pids: 64 }, egressDir },
      ...{
        socketDir: join(on.dir, 's', id),
        logFile: join(on.dir, `${id}.log`),
        healthPath: '/health',
        startTimeoutMs: 10_000,
      },
    });
  };
  const apps = await Promise.all([start('one'), start('two')]);
  for (const { socketPath } of apps) expect(await get(socketPath)).toBe('proxy saw http://shop.example/x');
  await Promise.all(apps.map((app) => app.stop(10_000)));
});

test('a job finds it in the variables that name proxies, and its end closes it', async () => {
  const code = `
    const { HTTP_PROXY, HTTPS_PROXY, EGRESS_PORT, EGRESS_RELAY_ONLY } = process.env;
    if (HTTP_PROXY !== HTTPS_PROXY || !EGRESS_RELAY_ONLY) throw new Error('not told');
    require('node:http').get({ host: '127.0.0.1', port: new URL(HTTP_PROXY).port, path: 'http://registry.example/' }, (a) => a.pipe(process.stdout));
    console.error(EGRESS_PORT)`;
  const said: string[] = [];
  const result = await on.runtime.run({
    ...{ id: 'job', kind: 'build', argv: ['node', '-e', code], env: {}, cwd: '/tmp', binds: [], egressDir },
    ...{ limits: { memoryMb: 256, pids: 64, seconds: 20 }, onOutput: (chunk) => said.push(String(chunk)) },
  });
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.outputTail).toContain('proxy saw http://registry.example/');
  const port = Number(/^\d+$/m.exec(said.join(''))?.[0]);
  await expect(
    new Promise((resolve, reject) => request({ port, host: '127.0.0.1' }, resolve).on('error', reject).end()),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
