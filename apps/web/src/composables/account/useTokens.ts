import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

/** Personal tokens for git; the text of a new one is here once. */
export function useTokens() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.tokens,
    queryFn: ({ signal }) => unwrap(api.GET('/api/me/tokens', { signal })),
  });
  const secret = ref<string | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: queryKeys.tokens });

  const create = useAction(async (name: string, expiresInDays: number | undefined): Promise<true> => {
    const body = { name, ...(expiresInDays ? { expiresInDays } : {}) };
    secret.value = (await unwrap(api.POST('/api/me/tokens', { body }))).token;
    await refresh();
    return true;
  });
  const revoke = useAction(async (id: string) => {
    await unwrap(api.DELETE('/api/me/tokens/{id}', { params: { path: { id } } }));
    await refresh();
  });
  return {
    tokens: computed(() => query.data.value?.items ?? []),
    isPending: query.isPending,
    loadError: query.error,
    reload: () => query.refetch(),
    secret,
    create: create.perform,
    createBusy: create.busy,
    revoke: revoke.perform,
    revokeBusy: revoke.busy,
    error: computed(() => create.error.value ?? revoke.error.value),
  };
}
