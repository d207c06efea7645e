import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import type { DayRange } from './period-days';

/** What was spent in a period, in all its parts. */
export function useUsageSummary(period: () => DayRange) {
  const query = useQuery({
    queryKey: computed(() => queryKeys.usage(period())),
    queryFn: ({ signal }) => unwrap(api.GET('/api/usage', { params: { query: period() }, signal })),
    placeholderData: keepPreviousData,
  });
  return { summary: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}

/** The turns of a period, newest first. */
export function useUsageTurns(period: () => DayRange) {
  const query = useInfiniteQuery({
    queryKey: computed(() => queryKeys.usageTurns(period())),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/usage/turns', {
          params: { query: { ...period(), limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
  return {
    turns: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}

/** The model calls of a turn, fetched once somebody looks. */
export function useTurnCalls(turnId: string, isOpen: MaybeRefOrGetter<boolean>) {
  const query = useInfiniteQuery({
    queryKey: queryKeys.usageCalls(turnId),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/usage/turns/{id}/calls', {
          params: { path: { id: turnId }, query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    enabled: computed(() => toValue(isOpen)),
  });
  return {
    calls: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
