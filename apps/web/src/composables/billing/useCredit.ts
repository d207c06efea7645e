import { useQuery } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** Credit left, spend of the month, limits, and how payments are made. */
export function useCredit() {
  const query = useQuery({
    queryKey: queryKeys.credit,
    queryFn: ({ signal }) => unwrap(api.GET('/api/credit', { signal })),
  });
  return { credit: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}
