import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppSupervisor } from '../local/apps.ts';
import { type TestRuntime, testRuntime } from '../local/testing.ts';
import type { AppSpec } from '../runtime.ts';
import type { Target } from './target.ts';
import { testEdge, visit } from './testing.ts';

let on: TestRuntime;
let apps: AppSupervisor;
beforeAll(async () => {
  on = await testRuntime();
  apps = new AppSupervisor({ runtime: on.runtime, idleMs: 60_000 });
});
afterAll(async () => {
  await apps.stopAll();
  await on.close();
});

function release(version: string): AppSpec {
  const artefactDir = join(on.dir, version);
  mkdirSync(artefactDir, { recursive: true });
  const server = `
    const http = require('node:http');
    const server = http.createServer((q, r) => setTimeout(() => r.end('${version}'), 5)).listen(process.env.SOCKET_PATH);
    process.on('SIGTERM', () => server.close(() => process.exit(0)));`;
  writeFileSync(join(artefactDir, 'server.cjs'), server);
  const files = { artefactDir, socketDir: join(on.dir, 's', version), logFile: join(on.dir, `${version}.log`) };
  const limits = { memoryMb: 128, pids: 32 };
  return {
    id: version,
    argv: ['node', 'server.cjs'],
    env: {},
    limits,
    ...files,
    healthPath: '/',
    startTimeoutMs: 10_000,
  };
}

test('releases are switched under load without a failed request', async () => {
  const targetOf = (spec: AppSpec): Target => {
    return { ensure: () => apps.ensure(spec.id, () => spec), begin: () => apps.begin(spec.id) };
  };
  let live = release('v1');
  const edge = await testEdge({ resolve: async () => targetOf(live) });
  const seen: string[] = [];
  let visiting = true;
  const visitor = async (method: 'GET' | 'POST') => {
    while (visiting) {
      const { status, body } = await visit(edge.port, '/', { method, ...(method === 'POST' ? { body: 'x' } : {}) });
      seen.push(`${status} ${body}`);
    }
  };
  const visitors = [visitor('GET'), visitor('GET'), visitor('POST')];
  for (const version of ['v2', 'v3', 'v4']) {
    const old = live;
    const next = release(version);
    await apps.ensure(next.id, () => next);
    live = next;
    await apps.drainAndStop(old.id);
    expect(apps.state(old.id).name).toBe('asleep');
  }
  visiting = false;
  await Promise.all(visitors);
  await edge.close();
  expect(new Set(seen)).toEqual(new Set(['200 v1', '200 v2', '200 v3', '200 v4']));
  expect(seen.at(-1)).toBe('200 v4');
});
