import type { UsageCall, UsageSummary, UsageTurn } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setLocale } from '@/i18n';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import UsageSection from './UsageSection.vue';

/** The library draws on a canvas, which there is none of here. */
vi.mock('@/composables/chart/useDayChart', () => ({ useDayChart: () => {} }));

const saved: { file: Blob; name: string }[] = [];
vi.mock('@/lib/save-file', () => ({ saveFile: (file: Blob, name: string) => saved.push({ file, name }) }));

const tokens = { inputTokens: 10, outputTokens: 1200, cacheReadTokens: 80, cacheWriteTokens: 10 };
const spend = (calls: number, chargedUsd: string, waivedUsd = '0') => ({ calls, chargedUsd, waivedUsd });
const summary: UsageSummary = {
  from: '2026-11-01',
  to: '2026-11-03',
  total: { ...spend(5, '1.5', '0.5'), ...tokens },
  days: [
    { day: '2026-11-01', ...spend(2, '0.5', '0.5') },
    { day: '2026-11-02', ...spend(0, '0') },
    { day: '2026-11-03', ...spend(3, '1') },
  ],
  projects: [
    { projectId: '1', name: 'Guest book', ...spend(2, '1') },
    { projectId: '2', name: null, ...spend(3, '0.5', '0.5') },
  ],
  conversations: [{ conversationId: '7', projectName: 'Guest book', title: '', ...spend(5, '1.5', '0.5') }],
  models: [{ model: 'talkide-demo', ...spend(5, '1.5', '0.5'), ...tokens }],
  roles: [
    { agentRole: 'talkide-pm', ...spend(4, '1.4', '0.5') },
    { agentRole: null, ...spend(1, '0.1') },
  ],
};
const nothing: UsageSummary = {
  ...{ ...summary, days: [], projects: [], conversations: [], models: [], roles: [] },
  total: { ...summary.total, ...spend(0, '0') },
};
const turn: UsageTurn = {
  turnId: '30',
  projectId: '1',
  projectName: 'Guest book',
  prompt: 'Build a guest book',
  kind: 'USER',
  status: 'FAILED',
  startedAt: '2026-11-03T10:00:00.000Z',
  ...spend(1, '0.5', '0.5'),
  ...tokens,
};
const call: UsageCall = {
  id: '90',
  createdAt: '2026-11-03T10:00:02.000Z',
  agentRole: 'talkide-backend-dev',
  model: 'talkide-demo',
  ...tokens,
  webSearchRequests: 2,
  chargedUsd: '0.000321',
  latencyMs: 2100,
  outcome: 'cut',
  estimated: true,
  requestId: 'req_1',
};

beforeEach(() => {
  saved.length = 0;
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

async function open(path = '/billing/usage', body: UsageSummary = summary) {
  const platform = fakePlatform({
    'GET /api/usage': () => ({ body }),
    'GET /api/usage/turns': () => ({ body: { items: [turn, { ...turn, turnId: '29', prompt: null, kind: null }] } }),
    'GET /api/usage/turns/30/calls': () => ({ body: { items: [call], nextCursor: null } }),
    'GET /api/usage/export.csv': () => ({ body: 'time\r\n' }),
  });
  const screen = await mountScreen(UsageSection, path);
  await flushPromises();
  const button = (name: string) => screen.wrapper.findAll('button').find((one) => one.text() === name);
  return { ...screen, ...platform, button };
}

describe('the usage of a period', () => {
  it('shows what was spent, what was given back, and a picture that says so in words', async () => {
    const { wrapper } = await open();
    const figures = wrapper.findAll('dl > div').map((one) => one.text());
    expect(figures).toEqual([
      'Spent$1.00',
      'Given back$0.50for failed turns',
      'Model calls5',
      'Tokens read10080% from the cache',
      'Tokens written1.2K',
    ]);
    const label = wrapper.get('[role=img]').attributes('aria-label')?.replace(/\s/g, ' ');
    expect(label).toBe('Spend per day, November 1 – 3, 2026: $1.00 in all. The most was $1.00 on November 3, 2026.');
  });

  it('has the picture as a table too', async () => {
    const { wrapper, button } = await open();
    const toggle = button('Show as a table');
    expect(toggle?.attributes('aria-expanded')).toBe('false');
    await toggle?.trigger('click');
    const rows = wrapper.findAll('figure tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text()));
    expect(rows).toEqual([
      ['November 3, 2026', '$1.00', '$0.00'],
      ['November 1, 2026', '$0.00', '$0.50'],
    ]);
  });

  it('is broken down in tables that can be sorted', async () => {
    const { wrapper, button } = await open();
    const names = () => wrapper.findAll('[role=tabpanel] tbody th').map((cell) => cell.text());
    expect(names()).toEqual(['Guest book', 'Deleted project']);
    expect(wrapper.get('[role=tabpanel] tbody a').attributes('href')).toBe('/projects/1');
    await button('Calls')?.trigger('click');
    expect(names()).toEqual(['Deleted project', 'Guest book']);
    const sorted = wrapper.findAll('[role=tabpanel] thead th').map((head) => head.attributes('aria-sort'));
    expect(sorted).toEqual([undefined, undefined, undefined, 'descending']);
    await button('Calls')?.trigger('click');
    expect(names()).toEqual(['Guest book', 'Deleted project']);
    const team = wrapper.findAll('[role=tab]').find((one) => one.text() === 'Team');
    await team?.trigger('mousedown');
    await flushPromises();
    expect(names()).toEqual(['Mara', 'Not known']);
  });

  it('of nothing says what to do next', async () => {
    const { wrapper, button, asked } = await open('/billing/usage', nothing);
    expect(wrapper.text()).toContain('Nothing was spent in this period');
    expect(wrapper.get('a').attributes('href')).toBe('/studio');
    expect(button('Download as CSV')).toBeUndefined();
    expect(asked).not.toContain('GET /api/usage/turns');
  });

  it('is given as a file', async () => {
    const { button } = await open('/billing/usage?period=own&from=2026-11-01&to=2026-11-03');
    await button('Download as CSV')?.trigger('click');
    await flushPromises();
    expect(saved.map(({ name }) => name)).toEqual(['talkide-usage-2026-11-01-2026-11-03.csv']);
  });

  it('says why it cannot be shown, and tries again', async () => {
    const platform = fakePlatform({
      'GET /api/usage': () => ({ status: 422, body: { code: 'period_refused', detail: 'Too long.' } }),
    });
    const { wrapper } = await mountScreen(UsageSection, '/billing/usage');
    await flushPromises();
    expect(wrapper.get('[role=alert]').text()).toContain('Usage · Too long.');
    await wrapper.get('[role=alert] button').trigger('click');
    await flushPromises();
    expect(platform.asked.filter((one) => one === 'GET /api/usage')).toHaveLength(2);
  });
});

describe('the period', () => {
  it('is chosen, and stands in the address', async () => {
    const { wrapper, router, asked } = await open();
    await wrapper.get('select').setValue('lastMonth');
    await flushPromises();
    expect(router.currentRoute.value.query).toEqual({ period: 'lastMonth' });
    expect(asked.filter((one) => one === 'GET /api/usage')).toHaveLength(2);
  });

  it('of one’s own is checked before it is asked for', async () => {
    const { wrapper, router, asked } = await open('/billing/usage?period=own&from=2026-11-01&to=2026-11-03');
    const [from] = wrapper.findAll('input[type=date]');
    await from?.setValue('2026-11-04');
    await flushPromises();
    expect(wrapper.text()).toContain('The period ends before it begins.');
    expect(asked.filter((one) => one === 'GET /api/usage')).toHaveLength(1);
    await from?.setValue('2026-11-02');
    await flushPromises();
    expect(router.currentRoute.value.query).toEqual({ period: 'own', from: '2026-11-02', to: '2026-11-03' });
    expect(asked.filter((one) => one === 'GET /api/usage')).toHaveLength(2);
  });
});

describe('a turn', () => {
  it('opens to its model calls, down to less than a cent', async () => {
    const { wrapper, asked } = await open();
    const [row, gone] = wrapper.findAll('li button');
    expect(row?.text()).toContain('Build a guest book');
    expect(row?.text()).toContain('1 call · Failed');
    expect(row?.text()).toContain('Given back');
    expect(gone?.text()).toContain('A message that is deleted');
    expect(asked).not.toContain('GET /api/usage/turns/30/calls');
    await row?.trigger('click');
    await flushPromises();
    expect(row?.attributes('aria-expanded')).toBe('true');
    const cells = wrapper.findAll('li tbody td').map((cell) => cell.text().replace(/\s+/g, ' '));
    expect(cells).toEqual([
      ...['Backend developer', 'talkide-demo', '10', '80', '10', '1,200', '2.1 s'],
      ...['Cut off · 2 web searches', 'estimated$0.000321'],
    ]);
  });

  it('speaks Czech', async () => {
    const { wrapper } = await open();
    setLocale('cs');
    await flushPromises();
    expect(wrapper.text()).toContain('1 volání · Nepovedlo se');
    expect(wrapper.text()).toMatch(/1,00\s\$/);
    setLocale('en');
  });
});
