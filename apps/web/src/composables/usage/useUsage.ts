import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { usePages } from '@/composables/usePages';
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
  const { items: turns, ...list } = usePages({
    key: () => queryKeys.usageTurns(period()),
    size: 20,
    fetchPage: (page, signal) =>
      unwrap(api.GET('/api/usage/turns', { params: { query: { ...period(), ...page } }, signal })),
    keepLast: true,
  });
  return { turns, ...list };
}

/** The model calls of a turn, fetched once somebody looks. */
export function useTurnCalls(turnId: string, isOpen: MaybeRefOrGetter<boolean>) {
  const { items: calls, ...list } = usePages({
    key: queryKeys.usageCalls(turnId),
    size: 100,
    fetchPage: (query, signal) =>
      unwrap(api.GET('/api/usage/turns/{id}/calls', { params: { path: { id: turnId }, query }, signal })),
    enabled: isOpen,
  });
  return { calls, ...list };
}
