import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import BudgetSettings from './BudgetSettings.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

async function open(budget: { monthlyCapUsd: string | null; spentUsd: string }) {
  const sent: unknown[] = [];
  fakePlatform({
    'GET /api/projects/42/budget': () => ({ body: budget }),
    'PUT /api/projects/42/budget': (body) => {
      sent.push(body);
      return { body: { ...budget, ...(body as object) } };
    },
  });
  const { wrapper } = await mountScreen(BudgetSettings, '/', { project: { id: '42' } });
  await flushPromises();
  return { wrapper, sent, field: wrapper.get('input'), button: wrapper.get('button[type=submit]') };
}

describe('the cap of a project', () => {
  it('is shown against what the month has cost', async () => {
    const { wrapper } = await open({ monthlyCapUsd: '10', spentUsd: '9' });
    expect(wrapper.text()).toContain('Spent this month: $9.00 of $10.00');
    expect(wrapper.get('meter').attributes('value')).toBe('0.9');
  });

  it('is set, and taken away by an empty field', async () => {
    const { wrapper, sent, field, button } = await open({ monthlyCapUsd: null, spentUsd: '1' });
    expect(wrapper.text()).toContain('Spent this month: $1.00, no limit');
    expect(button.attributes()).toHaveProperty('disabled');
    await field.setValue('7,50');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(wrapper.text()).toContain('of $7.50'), 15_000);
    await field.setValue('');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(sent).toEqual([{ monthlyCapUsd: '7.50' }, { monthlyCapUsd: null }]), 15_000);
  });

  it('is not sent when it is no amount', async () => {
    const { wrapper, sent, field } = await open({ monthlyCapUsd: null, spentUsd: '1' });
    await field.setValue('much');
    await wrapper.get('form').trigger('submit');
    expect(wrapper.text()).toContain('Type an amount above zero');
    expect(sent).toEqual([]);
  });
});
