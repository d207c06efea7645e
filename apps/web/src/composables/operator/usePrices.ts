import type { ModelPrice } from '@talkide/contracts';
import { useInfiniteQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

/** Prices of models, by model and newest first; and adding one. */
export function usePrices() {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: queryKeys.prices,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/prices', {
          params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  const add = useAction(async (price: Omit<ModelPrice, 'id' | 'effectiveTo'>): Promise<true> => {
    await unwrap(api.POST('/api/admin/prices', { body: price }));
    await queries.invalidateQueries({ queryKey: queryKeys.prices });
    return true;
  });
  return {
    prices: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
    add,
  };
}
