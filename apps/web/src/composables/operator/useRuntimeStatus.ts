import { useQuery } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const REFRESH_MS = 10_000;

/** Whether agents and applications may run on this machine. */
export function useRuntimeStatus() {
  const query = useQuery({
    queryKey: queryKeys.runtime,
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/runtime', { signal })),
    refetchInterval: REFRESH_MS,
  });
  return { runtime: query.data, isPending: query.isPending, error: query.error, reload: () => query.refetch() };
}
