import type { TopUp } from '@talkide/contracts';
import { useInfiniteQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const PAGE_SIZE = 10;
const LOOK_AGAIN_MS = 1_000;
/** Whoever has not paid by now does something else first. */
const PATIENT_LOOKS = 30;
const LOOK_LATER_MS = 10_000;

const find = (pages: readonly { items: TopUp[] }[] | undefined, id: string | null): TopUp | null =>
  pages?.flatMap((page) => page.items).find((one) => one.id === id) ?? null;

/** Top-ups, newest first. While the awaited one is pending it looks again, until the webhook has arrived. */
export function useTopUps(awaitedId: Ref<string | null>) {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: queryKeys.topUps,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/credit/topups', {
          params: { query: { limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: ({ state }) => {
      if (find(state.data?.pages, awaitedId.value)?.status !== 'PENDING') return false;
      return state.dataUpdateCount < PATIENT_LOOKS ? LOOK_AGAIN_MS : LOOK_LATER_MS;
    },
  });
  const topUps = computed<TopUp[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  const awaited = computed(() => find(query.data.value?.pages, awaitedId.value));
  watch(
    () => awaited.value?.status,
    (status, before) => {
      if (before === undefined || status === before) return;
      void queries.invalidateQueries({ queryKey: queryKeys.credit, exact: true });
      void queries.invalidateQueries({ queryKey: queryKeys.creditEntries });
    },
  );
  return {
    topUps,
    awaited,
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
