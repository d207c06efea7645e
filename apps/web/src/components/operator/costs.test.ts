import type { ModelPrice, PlatformUsage, UpstreamHealth } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import PriceSection from './PriceSection.vue';
import SpendSection from './SpendSection.vue';
import UpstreamSection from './UpstreamSection.vue';

vi.mock('@/composables/chart/useDayChart', () => ({ useDayChart: () => {} }));
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const margin = (calls: number, chargedUsd: string, waivedUsd: string, rawUsd: string, marginUsd: string) => ({
  ...{ calls, chargedUsd, waivedUsd, rawUsd, marginUsd },
});
const tokens = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
const usage: PlatformUsage = {
  from: '2026-11-01',
  to: '2026-11-01',
  total: { ...margin(9, '12', '1', '10', '1'), ...tokens },
  days: [{ day: '2026-11-01', ...margin(9, '12', '1', '10', '1') }],
  tenants: [
    { tenantId: '1', slug: 'ella', ...margin(4, '8', '0', '6', '2') },
    { tenantId: '2', slug: 'adam', ...margin(5, '4', '1', '4', '-1') },
  ],
  models: [{ model: 'claude-opus-5-5', ...margin(9, '12', '1', '10', '1'), ...tokens }],
};

describe('the spend of the platform', () => {
  it('shows what was charged, what it cost and the margin, by tenant and model', async () => {
    fakePlatform({ 'GET /api/admin/usage': () => ({ body: usage }) });
    const { wrapper } = await mountScreen(SpendSection, '/operator/spend');
    await flushPromises();
    expect(wrapper.findAll('dl > div dd:first-of-type').map((one) => one.text())).toEqual([
      ...['$12.00', '$1.00', '$10.00', '$1.00', '9'],
    ]);
    const rows = wrapper.findAll('tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text()));
    expect(rows).toEqual([
      ['ella', '$8.00', '$6.00', '$2.00', '4'],
      ['adam', '$3.00', '$4.00', '-$1.00', '5'],
      ['claude-opus-5-5', '$11.00', '$10.00', '$1.00', '9'],
    ]);
    expect(wrapper.get('[role=img]').attributes('aria-label')).toContain('$11.00 in all');
  });
});

const rates = { input: '4', output: '20', cacheWrite5m: '5', cacheWrite1h: '8', cacheRead: '0.2' };
const price = (id: string, more: Partial<ModelPrice>): ModelPrice => ({
  ...{ id, model: 'claude-opus-5-5', speed: 'standard', rates, longPrompt: null, webSearchUsd: '0.01' },
  ...{ effectiveFrom: '2025-01-01T00:00:00.000Z', effectiveTo: null },
  ...more,
});
const prices = [
  price('3', { effectiveFrom: '2199-01-01T00:00:00.000Z' }),
  price('2', { effectiveTo: '2199-01-01T00:00:00.000Z', longPrompt: { thresholdTokens: 100_000, rates } }),
  price('1', { model: 'claude-old', effectiveTo: '2025-06-01T00:00:00.000Z' }),
];

describe('prices', () => {
  async function open(refusal?: { code: string; detail: string }) {
    const added: Partial<ModelPrice>[] = [];
    const platform = fakePlatform({
      'GET /api/admin/prices': () => ({ body: { items: prices, nextCursor: null } }),
      'POST /api/admin/prices': (body) => {
        if (refusal) return { status: 409, body: refusal };
        added.push(body as Partial<ModelPrice>);
        return { status: 201, body: price('4', body as Partial<ModelPrice>) };
      },
    });
    const screen = await mountScreen(PriceSection, '/operator/prices');
    await flushPromises();
    const dialog = () => document.querySelector('[role=dialog]');
    const field = (label: string) => {
      const id = [...(dialog()?.querySelectorAll('label') ?? [])].find((one) => one.textContent === label)?.htmlFor;
      return document.getElementById(id ?? '') as HTMLInputElement;
    };
    const type = async (label: string, value: string) => {
      field(label).value = value;
      field(label).dispatchEvent(new Event('input'));
      await flushPromises();
    };
    const submit = async () => {
      dialog()
        ?.querySelector('form')
        ?.dispatchEvent(new Event('submit', { cancelable: true }));
      await flushPromises();
    };
    return { ...screen, ...platform, added, dialog, field, type, submit };
  }

  it('are listed with those to come marked, the past ones on demand', async () => {
    const { wrapper } = await open();
    const rows = () => wrapper.findAll('tbody').map((row) => row.text());
    expect(rows()).toHaveLength(2);
    expect(rows()[0]).toContain('To come');
    expect(rows()[1]).toContain('prompts over 100,000 tokens');
    const toggle = wrapper.findAll('button').find((one) => one.text() === 'Show past prices');
    await toggle?.trigger('click');
    expect(rows()[2]).toContain('Past');
  });

  it('are added with what the model costs now to begin with', async () => {
    const { wrapper, added, dialog, field, type, submit } = await open();
    await wrapper.get('button[aria-label="New price of claude-opus-5-5"]').trigger('click');
    await flushPromises();
    expect(field('Input').value).toBe('4');
    await type('Holds from', '2199-06-01T00:00');
    await type('Output', '25.5');
    await submit();
    expect(added).toEqual([
      {
        ...{ model: 'claude-opus-5-5', speed: 'standard', longPrompt: null, webSearchUsd: '0.01' },
        effectiveFrom: new Date('2199-06-01T00:00').toISOString(),
        rates: { ...rates, output: '25.5' },
      },
    ]);
    expect(dialog()).toBeNull();
  });

  it('are checked before they are sent', async () => {
    const { wrapper, added, dialog, field, type, submit } = await open();
    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Price another model')
      ?.trigger('click');
    await flushPromises();
    await type('Model', 'two words');
    await type('Holds from', '2020-01-01T00:00');
    await submit();
    expect(dialog()?.textContent).toContain('The name of the model, as the API takes it');
    expect(dialog()?.textContent).toContain('Choose a time to come.');
    expect(dialog()?.querySelectorAll('[aria-invalid=true]')).toHaveLength(7);
    expect(document.activeElement).toBe(field('Model'));
    expect(added).toEqual([]);
  });

  it('that are refused stay in the form, with the reason', async () => {
    const detail = 'This model already has a price that begins then or later.';
    const { wrapper, dialog, submit } = await open({ code: 'price_exists', detail });
    await wrapper.get('button[aria-label="New price of claude-opus-5-5"]').trigger('click');
    await flushPromises();
    await submit();
    expect(dialog()?.querySelector('[role=alert]')?.textContent).toContain(detail);
  });
});

describe('the model API', () => {
  const health: UpstreamHealth = {
    ...{ host: 'api.example.com', demo: false, inFlight: 3, calls: 200, failures: 4, p50Ms: 1840, p95Ms: null },
    lastFailure: { at: new Date().toISOString(), status: 529, reason: 'overloaded_error' },
  };
  const hold = { id: '1', userEmail: 'ella@example.com', turnId: '8', amountUsd: '0.0041' };

  it.each([
    [{}, 'Fails now and then'],
    [{ failures: 150 }, 'Fails mostly'],
    [{ failures: 0, lastFailure: null }, 'Answers'],
    [{ calls: 0, failures: 0, lastFailure: null }, 'No calls lately'],
  ])('with %j is said to be “%s”', async (more, words) => {
    fakePlatform({ 'GET /api/admin/upstream': () => ({ body: { ...health, ...more } }) });
    const { wrapper } = await mountScreen(UpstreamSection, '/operator/upstream');
    await flushPromises();
    expect(wrapper.text()).toContain(words);
    wrapper.unmount();
  });

  it('shows its times, its last failure and the credit set aside', async () => {
    const items = [{ ...hold, expiresAt: new Date(Date.now() + 600_000).toISOString() }];
    fakePlatform({
      'GET /api/admin/upstream': () => ({ body: health }),
      'GET /api/admin/holds': () => ({ body: { items, nextCursor: null } }),
    });
    const { wrapper } = await mountScreen(UpstreamSection, '/operator/upstream');
    await flushPromises();
    expect(wrapper.findAll('dd:first-of-type').map((one) => one.text())).toEqual(['3', '200', '4', '1.8 s', '–']);
    expect(wrapper.text()).toMatch(/Last failure now:\s+overloaded_error\s+\(529\)/);
    expect(wrapper.get('li').text()).toMatch(/ella@example\.com\s*Turn 8 · lapses\s+in \d+ minutes\s*\$0\.0041/);
    wrapper.unmount();
  });

  it('says so when nothing is set aside', async () => {
    fakePlatform({
      'GET /api/admin/upstream': () => ({ body: health }),
      'GET /api/admin/holds': () => ({ body: { items: [], nextCursor: null } }),
    });
    const { wrapper } = await mountScreen(UpstreamSection, '/operator/upstream');
    await flushPromises();
    expect(wrapper.text()).toContain('Nothing is set aside');
    wrapper.unmount();
  });
});
