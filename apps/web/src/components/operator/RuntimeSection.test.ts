import type { RuntimeStatus } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import RuntimeSection from './RuntimeSection.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const shown = async (executor: RuntimeStatus['executor'], more: Partial<RuntimeStatus> = {}) => {
  const room = { freeMb: 5_000, floorMb: 256, low: false };
  const body: RuntimeStatus = {
    ...{ status: 'available', limits: 'cgroup-v2', grade: 'PRODUCTION', reason: null, mend: null, executor, room },
    ...more,
  };
  fakePlatform({ 'GET /api/admin/runtime': () => ({ body }) });
  const { wrapper } = await mountScreen(RuntimeSection, '/operator/runtime');
  await flushPromises();
  return wrapper.text();
};

it('says when agents run with a login of the operator’s own and on the network of the machine', async () => {
  expect(await shown('CLI')).toContain('on this machine’s network');
});

it('says nothing of it otherwise', async () => {
  const text = await shown('NETWORK_WORKER');
  expect(text).toContain('The sandbox holds.');
  expect(text).not.toContain('network');
});

it('says when the sandboxes of the system are good enough for one person only', async () => {
  expect(await shown('NETWORK_WORKER')).not.toContain('Development grade');
  const text = await shown('NETWORK_WORKER', { grade: 'DEVELOPMENT', limits: 'rlimit' });
  expect(text).toContain('Development grade');
  expect(text).toContain('once a second person has an account here they are refused');
});

it('says how much room is left, and what follows when it is little', async () => {
  expect(await shown('NETWORK_WORKER')).toContain('5 GB free');
  const low = await shown('NETWORK_WORKER', { room: { freeMb: 12, floorMb: 256, low: true } });
  expect(low).toContain('Disk nearly full');
  expect(low).toContain('below 256 MB no turns, builds or publishes begin');
});

it.each([
  ['cgroup-v1', 'control groups, version 1'],
  ['cgroup-v2', 'control groups, version 2'],
  ['rlimit', 'of single processes only'],
  ['kubernetes', 'those of the pods'],
])('says in words which limits %s are', async (limits, words) => {
  expect(await shown('NETWORK_WORKER', { limits })).toContain(words);
});

it('says why agents and applications are refused, and what helps', async () => {
  const refusal = { reason: 'bubblewrap is missing.', mend: 'apt-get install bubblewrap' };
  const text = await shown('NETWORK_WORKER', { status: 'unavailable', limits: null, ...refusal });
  expect(text).toContain('Refused');
  expect(text).toContain(refusal.reason);
  expect(document.querySelector('input')?.value ?? text).toContain(refusal.mend);
});
