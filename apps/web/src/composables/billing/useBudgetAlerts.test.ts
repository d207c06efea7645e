import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import { authorizedFetch } from '@/api/authorized-fetch';
import { useToasts } from '@/stores/toasts';
import { mountScreen } from '@/testing/mount-screen';
import { useBudgetAlerts } from './useBudgetAlerts';

vi.mock('@/api/authorized-fetch', () => ({ authorizedFetch: vi.fn(), connectClient: () => {} }));
const fetched = vi.mocked(authorizedFetch);
const Chrome = defineComponent({
  setup() {
    useBudgetAlerts();
    return () => null;
  },
});

/** The platform says that these alerts have been told, the newest first. */
function alerts(...list: { kind: string; threshold: number; createdAt: string }[]) {
  const credit = {
    ...{ creditUsd: '1', heldUsd: '0', turnCapUsd: null, alerts: list },
    month: { startsAt: '2026-11-01T00:00:00Z', spentUsd: '0', limitUsd: null },
    payments: { provider: 'test', publishableKey: null },
  };
  fetched.mockImplementation(async () => Response.json(credit));
}
beforeEach(() => localStorage.clear());
let unmount = () => {};
afterEach(() => unmount());
const mounted = async () => {
  const { wrapper, router } = await mountScreen(Chrome);
  unmount = () => wrapper.unmount();
  return { toasts: useToasts(), router };
};

it('says the newest alert once, with the way to mend it', async () => {
  alerts({ kind: 'CREDIT', threshold: 100, createdAt: '2026-11-25T10:00:00Z' });
  const { toasts, router } = await mounted();
  await vi.waitFor(() => expect(toasts.items).toMatchObject([{ text: 'Your credit is used up.', tone: 'danger' }]));
  toasts.items[0]?.action?.run();
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/billing/credit'));
  unmount();
  const again = await mounted();
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(2));
  expect(again.toasts.items).toEqual([]);
});

it('says nothing where there is nothing to say', async () => {
  alerts();
  const { toasts } = await mounted();
  await vi.waitFor(() => expect(fetched).toHaveBeenCalled());
  expect(toasts.items).toEqual([]);
});
