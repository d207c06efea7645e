import { afterEach, describe, expect, it, vi } from 'vitest';
import { mountScreen } from '@/testing/mount-screen';
import AppButton from './AppButton.vue';
import ErrorBanner from './ErrorBanner.vue';
import MoneyText from './MoneyText.vue';
import RelativeTime from './RelativeTime.vue';
import StatusPill from './StatusPill.vue';
import TextField from './TextField.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

describe('base components', () => {
  it('a busy button cannot be pressed again', async () => {
    const { wrapper } = await mountScreen(AppButton, '/', { busy: true });
    expect(wrapper.get('button').attributes()).toMatchObject({ 'aria-busy': 'true', disabled: '' });
  });
  it('a button may be a link', async () => {
    const { wrapper } = await mountScreen(AppButton, '/', { to: { name: 'studio' } });
    expect(wrapper.get('a').attributes('href')).toBe('/studio');
  });
  it('a banner names its source and offers its action', async () => {
    const onAction = vi.fn();
    const { wrapper } = await mountScreen(ErrorBanner, '/', {
      source: 'Build',
      sentence: 'It failed.',
      actionLabel: 'Fix',
      onAction,
    });
    expect(wrapper.get('[role=alert]').text()).toContain('Build · It failed.');
    await wrapper.get('button').trigger('click');
    expect(onAction).toHaveBeenCalledOnce();
  });
  it('a field ties its label, hint and error to the input', async () => {
    const { wrapper } = await mountScreen(TextField, '/', { modelValue: '', label: 'Name', error: 'Missing.' });
    const input = wrapper.get('input');
    expect(wrapper.get('label').attributes('for')).toBe(input.attributes('id'));
    expect(wrapper.get(`#${input.attributes('aria-describedby')}`).text()).toBe('Missing.');
  });
  it('a time is relative, with the exact one on hover', async () => {
    const value = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const { wrapper } = await mountScreen(RelativeTime, '/', { value });
    const time = wrapper.get('time');
    expect(time.text()).toBe('3 hours ago');
    expect(time.attributes('title')).toMatch(/\d{1,2}:\d{2}:\d{2}/);
  });
  it('money has cents, and all its decimals on hover', async () => {
    const { wrapper } = await mountScreen(MoneyText, '/', { usd: '0.123456' });
    expect(wrapper.get('span').text()).toBe('$0.12');
    expect(wrapper.get('span').attributes('title')).toBe('$0.123456 USD');
  });
  it('a status is a word, not only a colour', async () => {
    const { wrapper } = await mountScreen(StatusPill, '/', { status: 'UPDATED' });
    expect(wrapper.text()).toBe('Changes to publish');
  });
});
