import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** The tenant's projects, last changed first. */
export function useProjects(archived: MaybeRefOrGetter<boolean> = false) {
  const query = useInfiniteQuery({
    queryKey: computed(() => queryKeys.projectList(toValue(archived))),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/projects', {
          params: {
            query: { archived: String(toValue(archived)), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
  return {
    projects: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
    reload: () => query.refetch(),
  };
}
