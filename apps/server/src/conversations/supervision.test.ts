import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProcessExit } from '../runtime/runtime.ts';
import { createSupervision } from './supervision.ts';
import { restartPause } from './supervision-policy.ts';
import { fakeWorkers } from './testing/fake-workers.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let work = true;

function supervise() {
  const workers = fakeWorkers();
  const giveUp = vi.fn(async () => {});
  const left = vi.fn(async () => {});
  const supervision = createSupervision({
    start: async (id) => (workers.elsewhere.has(id) ? null : workers.start(id, 'token')),
    left,
    hasWork: async () => work,
    giveUp,
    log: silent,
  });
  return { workers, giveUp, left, supervision };
}

beforeEach(() => {
  work = true;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe('supervision', () => {
  it('keeps one worker per environment', async () => {
    const { workers, supervision } = supervise();
    for (const environment of ['1', '1', '2', '1']) supervision.ensure(environment);
    await settle();
    expect(workers.started.map((one) => one.environmentId)).toEqual(['1', '2']);
  });

  it('leaves a worker that exited for want of work alone', async () => {
    const { workers, supervision } = supervise();
    supervision.ensure('1');
    work = false;
    workers.started[0]?.exit(0);
    await settle(60_000);
    expect(workers.started).toHaveLength(1);
    supervision.ensure('1');
    expect(workers.started).toHaveLength(2);
  });

  it('starts a crashed worker again after growing pauses and gives up after five crashes', async () => {
    const { workers, giveUp, supervision } = supervise();
    supervision.ensure('1');
    for (const [crash, pause] of [500, 1_000, 2_000, 4_000].entries()) {
      workers.started[crash]?.exit(1);
      await settle(pause - 1);
      expect(workers.started).toHaveLength(crash + 1);
      supervision.ensure('1');
      await settle(1);
      expect(workers.started).toHaveLength(crash + 2);
    }
    workers.started[4]?.exit(1);
    await settle(60_000);
    expect(giveUp).toHaveBeenCalledExactlyOnceWith('1');
    expect(workers.started).toHaveLength(5);
  });

  it('forgets crashes once a worker claimed a turn', async () => {
    const { workers, supervision } = supervise();
    supervision.ensure('1');
    for (let crash = 0; crash < 10; crash++) {
      workers.started[crash]?.exit(1);
      await settle(500);
      supervision.claimed('1');
    }
    expect(workers.started).toHaveLength(11);
  });

  it('takes over a worker of an earlier process, of whose end it learns nothing', async () => {
    const { workers, supervision } = supervise();
    const end = Promise.withResolvers<ProcessExit>();
    const process = { id: 'w1', exited: end.promise, stop: async () => end.promise, stats: async () => null };
    supervision.adopt('1', process);
    supervision.ensure('1');
    await settle();
    expect(workers.started).toHaveLength(0);
    end.resolve({ code: null, signal: null, outOfMemory: false, logTail: '' });
    await settle();
    expect(workers.started).toHaveLength(1);
  });

  it('does not count an end that it asked for', async () => {
    const { workers, supervision } = supervise();
    supervision.ensure('1');
    expect(await supervision.end('1')).toBe(true);
    await settle();
    expect(workers.started).toHaveLength(2);
    expect(await supervision.end('unknown')).toBe(false);
  });

  it('leaves an environment to another platform that runs its worker', async () => {
    const { workers, giveUp, left, supervision } = supervise();
    workers.elsewhere.add('1');
    supervision.ensure('1');
    await settle(60_000);
    expect(workers.started).toHaveLength(0);
    workers.elsewhere.delete('1');
    supervision.ensure('1');
    await settle();
    expect(workers.started).toHaveLength(1);
    expect(await supervision.end('2')).toBe(false);
    expect([giveUp, left].flatMap((one) => one.mock.calls)).toEqual([]);
  });

  it('leaves an environment when its worker has ended, and begins again there only after that', async () => {
    const { workers, left, supervision } = supervise();
    const leaving = Promise.withResolvers<void>();
    left.mockImplementationOnce(() => leaving.promise);
    supervision.ensure('1');
    work = false;
    workers.started[0]?.exit(0);
    await settle();
    expect(left).toHaveBeenCalledExactlyOnceWith('1');
    supervision.ensure('1');
    await settle();
    expect(workers.started).toHaveLength(1);
    leaving.resolve();
    await settle();
    expect(workers.started).toHaveLength(2);
  });

  it('ends all workers when it closes and starts no more', async () => {
    const { workers, supervision } = supervise();
    supervision.ensure('1');
    supervision.ensure('2');
    expect(await supervision.close()).toEqual(['1', '2']);
    supervision.ensure('3');
    await settle(60_000);
    expect(workers.started).toHaveLength(2);
  });
});

it('pauses longer with every failure, then gives up', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map(restartPause)).toEqual([0, 500, 1_000, 2_000, 4_000, null, null]);
});
