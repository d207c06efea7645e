import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const PAGE_SIZE = 20;

/** What moved the credit besides model calls, newest first. */
export function useCreditEntries() {
  const query = useInfiniteQuery({
    queryKey: queryKeys.creditEntries,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/credit/entries', {
          params: { query: { limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  return {
    entries: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
