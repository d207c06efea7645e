import { expect, test } from 'vitest';
import { RuntimeUnavailable } from './errors.ts';
import { forOnePerson } from './one-person.ts';
import type { JobResult, JobSpec, Runtime, RuntimeStatus } from './runtime.ts';

const job = { id: 'x' } as JobSpec;
const result = { exitCode: 0 } as JobResult;

function runtimeOf(grade: Extract<RuntimeStatus, { status: 'available' }>['grade']) {
  const closed: unknown[] = [];
  const runtime = {
    ...{ status: { status: 'available', limits: 'rlimit', grade }, paths: 'host', survivors: [{ id: 'w1' }] },
    run: async () => result,
    close: async () => void closed.push(grade),
  } as unknown as Runtime;
  return { runtime, closed };
}

test('of development grade it serves one person', async () => {
  const { runtime } = runtimeOf('development');
  const one = await forOnePerson(runtime, async () => false);
  expect(one.status).toBe(runtime.status);
  expect(one.survivors).toHaveLength(1);
  expect(await one.run(job)).toBe(result);
});

test('and refuses a platform of several from its start', async () => {
  const { runtime, closed } = runtimeOf('development');
  const one = await forOnePerson(runtime, async () => true);
  expect(one.status).toMatchObject({ status: 'unavailable', mend: expect.stringContaining('Linux') });
  expect([one.survivors, closed]).toEqual([[], ['development']]);
  await expect(one.run(job)).rejects.toBeInstanceOf(RuntimeUnavailable);
});

test('also when somebody comes later: what runs is ended', async () => {
  const { runtime, closed } = runtimeOf('development');
  let others = false;
  const one = await forOnePerson(runtime, async () => others);
  await one.run(job);
  others = true;
  await expect(one.startApp({} as never)).rejects.toBeInstanceOf(RuntimeUnavailable);
  expect([one.status.status, closed]).toEqual(['unavailable', ['development']]);
  others = false;
  await expect(one.run(job)).rejects.toBeInstanceOf(RuntimeUnavailable);
});

test('one of production grade is left as it is', async () => {
  const { runtime } = runtimeOf('production');
  expect(await forOnePerson(runtime, async () => true)).toBe(runtime);
});
