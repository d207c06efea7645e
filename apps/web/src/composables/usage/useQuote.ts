import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { formatUsdRange } from '@/lib/money';

/** What turns like the next one cost, in words; asked again whenever one of `ended` more has ended. */
export function useQuote(projectId: string, ended: () => number) {
  const { t, locale } = useI18n();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.quote(projectId),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/projects/{id}/quote', { params: { path: { id: projectId } }, signal })),
  });
  // The turn has cost something: what is left may have passed a threshold.
  watch(ended, () => void Promise.all([query.refetch(), queries.invalidateQueries({ queryKey: queryKeys.credit })]));
  const quote = computed(() => query.data.value?.quote ?? null);
  return {
    sentence: computed(() => {
      if (!quote.value) return null;
      const { form, text } = formatUsdRange(quote.value.lowUsd, quote.value.highUsd, locale.value);
      return t(`usage.quote.${form}`, { amount: text });
    }),
    basis: computed(() => quote.value && t(`usage.quote.basis.${quote.value.basis}`, { count: quote.value.turns })),
  };
}
