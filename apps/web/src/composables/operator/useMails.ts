import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const REFRESH_MS = 10_000;

/** Mail that the platform sent, newest first; looks again by itself. */
export function useMails() {
  const query = useInfiniteQuery({
    queryKey: queryKeys.mails,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/mails', {
          params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: REFRESH_MS,
  });
  return {
    mails: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}

/** One mail with its text; a null id waits. */
export function useMail(id: MaybeRefOrGetter<string | null>) {
  const query = useQuery({
    queryKey: computed(() => queryKeys.mail(toValue(id) ?? '')),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/admin/mails/{id}', { params: { path: { id: toValue(id) ?? '' } }, signal })),
    enabled: computed(() => toValue(id) !== null),
  });
  return { mail: query.data, isPending: query.isPending, error: query.error };
}
