import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError, unreachable } from '@/api/problem';
import { mountScreen } from '@/testing/mount-screen';
import AwayScreen from './AwayScreen.vue';

const failed = (status: number) => new ApiError({ code: 'internal', status, detail: 'It does not answer.' });
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

async function open(error: ApiError, ...answers: (number | null)[]) {
  const asked = vi.fn(async () => {
    const status = answers.shift();
    if (!status) throw new TypeError('Failed to fetch');
    return new Response('', { status });
  });
  vi.stubGlobal('fetch', asked);
  const { wrapper } = await mountScreen(AwayScreen, '/', { error });
  return { wrapper, asked };
}

it('comes back by itself once the platform can work again', async () => {
  const { wrapper } = await open(failed(500), 503, null, 200);
  expect(wrapper.text()).toContain('It does not answer.');
  await vi.advanceTimersByTimeAsync(4_000);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reload).toHaveBeenCalledOnce();
});

it.each([
  ['that could not work', failed(503)],
  ['that could not be reached', unreachable()],
])('comes back at the first answer of a platform %s', async (_what, error) => {
  await open(error, 200);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reload).toHaveBeenCalledOnce();
});

it('does not load again and again when the platform answers all the time', async () => {
  const { asked } = await open(failed(500), 200, 200, 200);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked).toHaveBeenCalledTimes(3);
  expect(reload).not.toHaveBeenCalled();
});
