import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTenant, testDatabase } from '../../testing/index.ts';
import { createFairUse } from './fair-use.ts';
import { createPostgresCounter } from './postgres-counter.ts';
import { createRedisCounter } from './redis-counter.ts';
import { describeFairUseCounter } from './testing.ts';

const { db } = await testDatabase();
let people = 0;
const user = async () => (await createTenant(db, { email: `fair-${people++}@example.com` })).userId;

/** A Redis of this file's own, on a socket. */
async function startRedis(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tk-redis-'));
  const socket = join(folder, 'redis.sock');
  const server: ChildProcess = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.stdout?.on('data', (text: Buffer) => String(text).includes('eady to accept connections') && resolve());
  });
  return `unix://${socket}`;
}

describeFairUseCounter('PostgreSQL', async () => ({ counter: createPostgresCounter(db), user }));
describeFairUseCounter('Redis', async () => {
  const counter = await createRedisCounter(await startRedis(), (error) => {
    throw error;
  });
  afterAll(() => counter.close());
  return { counter, user };
});

describe('fair use', () => {
  const clockAt = (iso: string) => ({ now: () => new Date(iso) });

  it('bounds the calls of a day, over several processes', async () => {
    const ann = await user();
    const clock = clockAt('2026-11-25T12:00:00Z');
    const processes = [1, 2, 3].map(() => createFairUse(createPostgresCounter(db), 100, clock));
    const admitted = await Promise.all(
      processes.flatMap((one) => Array.from({ length: 60 }, async () => one.admit(ann))),
    );
    expect(admitted.filter(Boolean)).toHaveLength(100);
  });

  it('asks the counter once for many calls', async () => {
    const ann = await user();
    const fairUse = createFairUse(createPostgresCounter(db), 100, clockAt('2026-11-25T12:00:00Z'));
    expect(await fairUse.admit(ann)).toBe(true);
    expect(fairUse.admit(ann)).toBe(true);
  });

  it('gives back what it took and did not need', async () => {
    const ann = await user();
    const clock = clockAt('2026-11-25T12:00:00Z');
    const first = createFairUse(createPostgresCounter(db), 20, clock);
    await first.admit(ann);
    await first.close();
    const second = createFairUse(createPostgresCounter(db), 20, clock);
    const admitted: boolean[] = [];
    for (let call = 0; call < 25; call++) admitted.push(await second.admit(ann));
    expect(admitted.filter(Boolean)).toHaveLength(19);
  });

  it('begins again with the next day', async () => {
    const ann = await user();
    let now = '2026-11-25T23:59:59Z';
    const fairUse = createFairUse(createPostgresCounter(db), 1, { now: () => new Date(now) });
    expect([await fairUse.admit(ann), await fairUse.admit(ann)]).toEqual([true, false]);
    now = '2026-11-26T00:00:00Z';
    expect(await fairUse.admit(ann)).toBe(true);
  });

  it('bounds nothing when there is no limit', async () => {
    const fairUse = createFairUse(createPostgresCounter(db), null, clockAt('2026-11-25T12:00:00Z'));
    expect(fairUse.admit(await user())).toBe(true);
  });
});
