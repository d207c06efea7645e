import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

/** Where this account is signed in. */
export function useSessions() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.sessions,
    queryFn: ({ signal }) => unwrap(api.GET('/api/me/sessions', { signal })),
  });
  const end = useAction(async (id: string) => {
    await unwrap(api.DELETE('/api/me/sessions/{id}', { params: { path: { id } } }));
    await queries.invalidateQueries({ queryKey: queryKeys.sessions });
  });
  return {
    sessions: computed(() => query.data.value?.items ?? []),
    isPending: query.isPending,
    loadError: query.error,
    reload: () => query.refetch(),
    end: end.perform,
    busy: end.busy,
    error: end.error,
  };
}
