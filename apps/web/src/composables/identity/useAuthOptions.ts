import { useQuery } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** How one may sign up here, and whether the demo model answers. */
export function useAuthOptions() {
  const query = useQuery({
    queryKey: queryKeys.authOptions,
    queryFn: ({ signal }) => unwrap(api.GET('/api/auth/options', { signal })),
  });
  return { options: query.data, error: query.error, reload: () => query.refetch() };
}
