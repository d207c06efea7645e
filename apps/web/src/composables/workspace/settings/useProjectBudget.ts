import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { readCap } from '@/composables/billing/cap';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';

/** What a project has spent this month, and its cap; an empty field is no cap. */
export function useProjectBudget(projectId: string) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const { t } = useI18n();
  const params = { path: { id: projectId } };
  const query = useQuery({
    queryKey: queryKeys.projectBudget(projectId),
    queryFn: ({ signal }) => unwrap(api.GET('/api/projects/{id}/budget', { params, signal })),
  });
  const text = ref('');
  const saved = computed(() => query.data.value?.monthlyCapUsd ?? '');
  watch(saved, (fresh) => (text.value = fresh), { immediate: true });
  const cap = computed(() => readCap(text.value));
  const save = useAction(async () => {
    if (!cap.value) return;
    const body = { monthlyCapUsd: cap.value.usd };
    queries.setQueryData(
      queryKeys.projectBudget(projectId),
      await unwrap(api.PUT('/api/projects/{id}/budget', { params, body })),
    );
    toasts.show(t('common.saved'));
  });
  return {
    budget: query.data,
    loadError: query.error,
    reload: () => query.refetch(),
    text,
    invalid: computed(() => (cap.value ? undefined : t('billing.limits.amountError'))),
    isChanged: computed(() => text.value.trim() !== saved.value),
    save: save.perform,
    busy: save.busy,
    error: save.error,
  };
}
