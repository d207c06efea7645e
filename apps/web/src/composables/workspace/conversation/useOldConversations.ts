import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useWorkspace } from '../workspace';

/** The conversations of the open project other than the present one, newest first. */
export function useOldConversations(isShown: MaybeRefOrGetter<boolean>) {
  const { projectId, conversation } = useWorkspace();
  const query = useInfiniteQuery({
    queryKey: computed(() => queryKeys.oldConversations(projectId, conversation.conversationId.value ?? '')),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/projects/{id}/conversations', {
          params: { path: { id: projectId }, query: { cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    enabled: () => toValue(isShown),
  });
  return {
    items: computed(() =>
      (query.data.value?.pages ?? [])
        .flatMap((page) => page.items)
        .filter((one) => one.id !== conversation.conversationId.value),
    ),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
  };
}

/** What was said in a conversation that is over, oldest first. */
export function useOldMessages(conversationId: MaybeRefOrGetter<string>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => queryKeys.oldMessages(toValue(conversationId))),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/conversations/{id}/messages', {
          params: { path: { id: toValue(conversationId) }, query: { cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  return {
    messages: computed(() => (query.data.value?.pages ?? []).flatMap((page) => page.items).reverse()),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => query.fetchNextPage(),
  };
}
