import type { Domain } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import OwnDomains from './OwnDomains.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const domain = (hostname: string, status: Domain['status']) => ({
  ...{ id: hostname, hostname, displayName: hostname, url: `https://${hostname}`, status, reason: null, detail: null },
  ...{ checking: false, records: [], checkedAt: null, nextCheckAt: null, certificateExpiresAt: null },
});

async function open(items: object[]) {
  fakePlatform({ 'GET /api/projects/42/domains': () => ({ body: { items, certificates: 'ACME' } }) });
  const left = vi.fn();
  const { wrapper } = await mountScreen(OwnDomains, '/', { projectId: '42', onLeave: left });
  await flushPromises();
  return { wrapper, left };
}

it('names the domains that serve, to copy', async () => {
  const { wrapper } = await open([domain('www.example.com', 'ACTIVE'), domain('shop.example.com', 'VERIFIED')]);
  expect(wrapper.findAll('output').map((one) => one.text())).toEqual(['https://www.example.com']);
  expect(wrapper.find('a').exists()).toBe(false);
});

it('leads to where one is set up when none does', async () => {
  const { wrapper, left } = await open([domain('shop.example.com', 'VERIFIED')]);
  const link = wrapper.get('a');
  expect([link.text(), link.attributes('href')]).toEqual(['Use a domain of your own', '/projects/42/settings']);
  await link.trigger('click');
  expect(left).toHaveBeenCalledOnce();
});
