import type { TopUp } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { leaveTo } from '@/lib/leave-to';
import { randomKey } from '@/lib/random-key';
import { useTheme } from '@/stores/theme';

/** A payment in place, with Stripe's Payment Element. */
export interface PaymentInPlace {
  topUpId: string;
  amountUsd: string;
  clientSecret: string;
}
type Payable = TopUp & { payment: { clientSecret: string; cardPageUrl: string | null } | null };

/** Begins top-ups and goes on with those that are not paid yet. */
export function usePayment() {
  const queries = useQueryClient();
  const { theme } = useTheme();
  const inPlace = ref<PaymentInPlace | null>(null);
  // The same attempt has the same key, so that pressing again after a lost answer begins nothing twice.
  let attempt = { amountUsd: '', key: '' };

  function pay({ id: topUpId, amountUsd, payment }: Payable): void {
    if (!payment) {
      void queries.invalidateQueries({ queryKey: queryKeys.credit });
      return;
    }
    const { clientSecret, cardPageUrl } = payment;
    if (cardPageUrl === null) inPlace.value = { topUpId, amountUsd, clientSecret };
    else leaveTo(theme === 'system' ? cardPageUrl : `${cardPageUrl}&theme=${theme}`);
  }

  const begin = useAction(async (amountUsd: string) => {
    if (attempt.amountUsd !== amountUsd) attempt = { amountUsd, key: randomKey() };
    const params = { header: { 'Idempotency-Key': attempt.key } };
    const begun = await unwrap(api.POST('/api/credit/topups', { params, body: { amountUsd } }));
    attempt = { amountUsd: '', key: '' };
    void queries.invalidateQueries({ queryKey: queryKeys.topUps });
    pay(begun);
  });
  const goOn = useAction(async (id: string) => {
    pay(await unwrap(api.GET('/api/credit/topups/{id}', { params: { path: { id } } })));
  });
  return {
    begin: begin.perform,
    goOn: goOn.perform,
    busy: computed(() => begin.busy.value || goOn.busy.value),
    error: computed(() => begin.error.value ?? goOn.error.value),
    inPlace,
  };
}
