import type { Domain } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isFound, pollingPause } from '@/composables/workspace/settings/useDomains';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import DomainSettings from './DomainSettings.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const domain = (changes: Partial<Domain> = {}): Domain => ({
  id: '7',
  ...{ hostname: 'www.example.com', displayName: 'www.example.com', url: 'https://www.example.com' },
  ...{ status: 'PENDING', reason: 'PROOF_MISSING', detail: null, checking: false },
  records: [
    { type: 'TXT', name: '_talkide.www.example.com', value: 'talkide-verification=abc' },
    { type: 'CNAME', name: 'www.example.com', value: 'ide.example.net' },
  ],
  checkedAt: '2026-11-27T08:00:00Z',
  nextCheckAt: '2026-11-27T09:00:00Z',
  certificateExpiresAt: null,
  ...changes,
});

async function open(items: Domain[], certificates: 'ACME' | 'OPERATOR' = 'ACME') {
  const sent: unknown[] = [];
  fakePlatform({
    'GET /api/projects/42/domains': () => ({ body: { items, certificates } }),
    'POST /api/projects/42/domains': (body) => {
      sent.push(body);
      return { status: 201, body: domain() };
    },
    'POST /api/projects/42/domains/7/check': () => ({
      status: 202,
      body: domain({ status: 'VERIFIED', reason: null, checking: true }),
    }),
  });
  const { wrapper } = await mountScreen(DomainSettings, '/', { project: { id: '42', publishedVersion: 1 } });
  await flushPromises();
  return { wrapper, sent };
}

describe('the domains of a project', () => {
  it('are shown with their records to copy and what stands in the way', async () => {
    const { wrapper } = await open([domain({ reason: 'PROOF_WRONG', detail: 'another text' })]);
    const text = wrapper.get('ul > li').text();
    expect(text).toContain('Not proved yet');
    expect(text).toContain('another text');
    expect(wrapper.findAll('output').map((one) => one.text())).toEqual([
      ...['_talkide.www.example.com', 'talkide-verification=abc', 'www.example.com', 'ide.example.net'],
    ]);
    expect(wrapper.text()).not.toContain('fetches no certificates');
  });

  it('are added, and looked at again', async () => {
    const { wrapper, sent } = await open([]);
    expect(wrapper.get('button[type=submit]').attributes()).toHaveProperty('disabled');
    await wrapper.get('input').setValue(' www.example.com ');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(wrapper.findAll('ul > li')).toHaveLength(1), 15_000);
    expect(sent).toEqual([{ hostname: 'www.example.com' }]);
    expect(wrapper.get('input').element.value).toBe('');
    await wrapper.get('ul > li button').trigger('click');
    await vi.waitFor(() => expect(wrapper.get('ul > li').text()).toContain('Looking now'), 15_000);
  });

  it('say who cares for HTTPS when TalkIDE does not', async () => {
    const { wrapper } = await open([domain({ status: 'ACTIVE', reason: null })], 'OPERATOR');
    expect(wrapper.text()).toContain('fetches no certificates');
    expect(wrapper.get('ul a').attributes('href')).toBe('https://www.example.com');
  });
});

describe('what is shown of a domain', () => {
  it('is asked for again while it is on its way only', () => {
    const of = (...items: Domain[]) => pollingPause({ items, certificates: 'ACME' });
    const well = domain({ status: 'ACTIVE', reason: null });
    expect(pollingPause(undefined)).toBe(false);
    expect(of(well)).toBe(false);
    expect(of(well, domain())).toBe(15_000);
    expect(of({ ...well, checking: true })).toBe(1_500);
  });

  it('is which of its records were found', () => {
    const found = (changes: Partial<Domain>) => {
      const one = domain(changes);
      return one.records.map((record) => isFound(one, record));
    };
    expect(found({})).toEqual([false, false]);
    expect(found({ status: 'VERIFIED', reason: 'ADDRESS_MISSING' })).toEqual([true, false]);
    expect(found({ status: 'VERIFIED', reason: 'CERTIFICATE_REFUSED' })).toEqual([true, true]);
    expect(found({ status: 'ACTIVE', reason: 'PROOF_MISSING' })).toEqual([false, false]);
    expect(found({ status: 'ACTIVE', reason: null })).toEqual([true, true]);
  });
});
