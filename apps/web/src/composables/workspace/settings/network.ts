import { queryOptions } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** Hosts that the application of a project asked for in the last week. */
export const networkQuery = (projectId: string) =>
  queryOptions({
    queryKey: queryKeys.network(projectId),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/projects/{id}/network', { params: { path: { id: projectId } }, signal })),
  });
