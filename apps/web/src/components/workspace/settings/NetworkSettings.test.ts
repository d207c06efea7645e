import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import NetworkSettings from './NetworkSettings.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

async function open(items: unknown[]) {
  fakePlatform({ 'GET /api/projects/42/network': () => ({ body: { items } }) });
  const { wrapper } = await mountScreen(NetworkSettings, '/', { project: { id: '42' } });
  await flushPromises();
  return wrapper;
}
const host = (name: string, more: object) => ({
  ...{ host: name, kind: 'PREVIEW', requests: 0, refused: 0, bytesOut: 0, bytesIn: 0, reason: null },
  ...{ lastHour: '2026-11-27T08:00:00Z', ...more },
});

it('shows what the app reached and what it was refused, with the reason', async () => {
  const wrapper = await open([
    host('api.example', { requests: 12, bytesOut: 1_000, bytesIn: 500_000 }),
    host('inside.example', { refused: 3, reason: 'NOT_PUBLIC' }),
  ]);
  const [reached, refused] = wrapper.findAll('li').map((row) => row.text());
  expect(reached).toMatch(/api\.example.*12 requests · 501 kB/s);
  expect(reached).not.toContain('Refused');
  expect(refused).toMatch(/Refused 3 times.*public internet/);
});

it('says that nothing was asked for yet', async () => {
  expect((await open([])).text()).toContain('The app has not asked for anything');
});
