import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** What an application can be built on here. */
export function useStacks() {
  const query = useQuery({
    queryKey: queryKeys.stacks,
    queryFn: ({ signal }) => unwrap(api.GET('/api/stacks', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { stacks: computed(() => query.data.value?.items ?? []) };
}
