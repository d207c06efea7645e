import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mountScreen } from '@/testing/mount-screen';
import AwayScreen from './AwayScreen.vue';

const reload = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { ...location, reload });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  reload.mockReset();
  document.body.innerHTML = '';
});

async function open(...answers: (number | null)[]) {
  const asked = vi.fn(async () => {
    const status = answers.shift();
    if (!status) throw new TypeError('Failed to fetch');
    return new Response('', { status });
  });
  vi.stubGlobal('fetch', asked);
  const { wrapper } = await mountScreen(AwayScreen, '/', { error: { message: 'The database does not answer.' } });
  return { wrapper, asked };
}

it('comes back by itself once the platform can work again', async () => {
  const { wrapper } = await open(503, null, 200);
  expect(wrapper.text()).toContain('The database does not answer.');
  await vi.advanceTimersByTimeAsync(4_000);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reload).toHaveBeenCalledOnce();
});

it('does not load again and again when the platform answers all the time', async () => {
  const { asked } = await open(200, 200, 200);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked).toHaveBeenCalledTimes(3);
  expect(reload).not.toHaveBeenCalled();
});
