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
  const body: RuntimeStatus = { status: 'available', limits: 'cgroup-v2', reason: null, mend: null, executor, ...more };
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
