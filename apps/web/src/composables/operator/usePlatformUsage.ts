import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import type { DayRange } from '@/composables/usage/period-days';

/** What all tenants spent in a period, and what is left of it for the platform. */
export function usePlatformUsage(period: () => DayRange) {
  const query = useQuery({
    queryKey: computed(() => queryKeys.platformUsage(period())),
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/usage', { params: { query: period() }, signal })),
    placeholderData: keepPreviousData,
  });
  return { usage: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}
