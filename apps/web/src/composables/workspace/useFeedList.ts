import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { type ById, byId, inOrder } from '@/feed/world';

interface FeedListOptions<T> {
  queryKey: readonly unknown[];
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<{ items: T[]; nextCursor: string | null }>;
  /** What the feed has told since; it is newer than what was fetched. */
  live: () => ById<T>;
  /** The feed has begun. What was read before that, or cached, may have changed in between, and nobody would tell. */
  isFollowed: () => boolean;
}

/** A paged list, newest first, that the feed keeps current. */
export function useFeedList<T extends { id: string }>({ queryKey, fetchPage, live, isFollowed }: FeedListOptions<T>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    enabled: isFollowed,
    staleTime: 0,
  });
  const fetched = computed(() => byId(query.data.value?.pages.flatMap((page) => page.items) ?? []));
  return {
    items: computed(() => inOrder({ ...fetched.value, ...live() }).reverse()),
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  };
}
