import { useQuery } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** Credit left, spend of the month, limits, and how payments are made; looks again by itself where it is told to. */
export function useCredit({ lookAgainMs = false }: { lookAgainMs?: number | false } = {}) {
  const query = useQuery({
    queryKey: queryKeys.credit,
    queryFn: ({ signal }) => unwrap(api.GET('/api/credit', { signal })),
    refetchInterval: lookAgainMs,
  });
  return { credit: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}
