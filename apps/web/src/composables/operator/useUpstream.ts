import { useQuery } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { usePages } from '@/composables/usePages';

const LOOK_AGAIN_MS = 10_000;

/** How the model API has answered lately; looks again by itself. */
export function useUpstream() {
  const query = useQuery({
    queryKey: queryKeys.upstream,
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/upstream', { signal })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  return { upstream: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}

/** Credit set aside for calls under way; looks again by itself. */
export function useHolds() {
  const { items: holds, ...list } = usePages({
    key: queryKeys.holds,
    size: 50,
    fetchPage: (query, signal) => unwrap(api.GET('/api/admin/holds', { params: { query }, signal })),
    lookAgain: LOOK_AGAIN_MS,
  });
  return { holds, ...list };
}
