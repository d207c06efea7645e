import type { Credit } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, reactive, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';
import { readCap } from './cap';
import { useCredit } from './useCredit';

const textsOf = (credit: Credit) => ({ month: credit.month.limitUsd ?? '', turn: credit.turnCapUsd ?? '' });

/** The limit of a month and the cap of a turn; an empty field is no limit. */
export function useLimits() {
  const { credit, isPending, error: loadError, reload } = useCredit();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { t } = useI18n();
  const form = reactive({ month: '', turn: '' });
  watch(credit, (fresh) => fresh && Object.assign(form, textsOf(fresh)), { immediate: true });
  const caps = computed(() => ({ month: readCap(form.month), turn: readCap(form.turn) }));

  const save = useAction(async () => {
    const { month, turn } = caps.value;
    if (!month || !turn) return;
    const body = { monthlyLimitUsd: month.usd, turnCapUsd: turn.usd };
    queries.setQueryData(queryKeys.credit, await unwrap(api.PUT('/api/credit/limits', { body })));
    toasts.show(t('common.saved'));
  });
  const errorOf = (cap: unknown) => (cap === null ? t('billing.limits.amountError') : undefined);
  return {
    ...{ credit, isPending, loadError, reload, form },
    errors: computed(() => ({ month: errorOf(caps.value.month), turn: errorOf(caps.value.turn) })),
    isChanged: computed(() => {
      const before = credit.value && textsOf(credit.value);
      return before !== undefined && (before.month !== form.month.trim() || before.turn !== form.turn.trim());
    }),
    save: save.perform,
    busy: save.busy,
    error: save.error,
  };
}
