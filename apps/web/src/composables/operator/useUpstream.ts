import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const REFRESH_MS = 10_000;

/** How the model API has answered lately; looks again by itself. */
export function useUpstream() {
  const query = useQuery({
    queryKey: queryKeys.upstream,
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/upstream', { signal })),
    refetchInterval: REFRESH_MS,
  });
  return { upstream: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}

/** Credit set aside for calls under way; looks again by itself. */
export function useHolds() {
  const query = useInfiniteQuery({
    queryKey: queryKeys.holds,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/holds', {
          params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: REFRESH_MS,
  });
  return {
    holds: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
