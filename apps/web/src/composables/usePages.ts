import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

interface PagesOptions<T> {
  key: MaybeRefOrGetter<readonly unknown[]>;
  /** Items of a page. */
  size: number;
  fetchPage(page: { limit: number; cursor?: string }, signal: AbortSignal): Promise<Page<T>>;
  /** Milliseconds until it looks again by itself; false for not now. */
  lookAgain?: number | ((items: readonly T[], looks: number) => number | false);
  enabled?: MaybeRefOrGetter<boolean>;
  /** Shows the last list until the one of another key has come. */
  keepLast?: boolean;
}

/** A list of the API that comes in pages. */
export function usePages<T>(options: PagesOptions<T>) {
  const { size, fetchPage, lookAgain = false, keepLast = false } = options;
  const query = useInfiniteQuery({
    queryKey: computed(() => toValue(options.key)),
    queryFn: ({ pageParam, signal }) => fetchPage({ limit: size, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (last: Page<T>) => last.nextCursor,
    refetchInterval: ({ state }) =>
      typeof lookAgain === 'function'
        ? lookAgain(state.data?.pages.flatMap((page) => page.items) ?? [], state.dataUpdateCount)
        : lookAgain,
    enabled: computed(() => toValue(options.enabled) ?? true),
    ...(keepLast ? { placeholderData: keepPreviousData } : {}),
  });
  return {
    items: computed<T[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
