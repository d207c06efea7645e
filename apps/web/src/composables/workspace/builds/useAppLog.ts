import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { plainLog } from '../preview/preview-state';
import { useWorkspace } from '../workspace';

export type AppLogKind = 'PREVIEW' | 'PUBLISHED';
const REFRESH_MS = 5000;

/** The last lines the running app has written; renewed while it is looked at. */
export function useAppLog(kind: MaybeRefOrGetter<AppLogKind>) {
  const { projectId } = useWorkspace();
  const query = useQuery({
    queryKey: computed(() => queryKeys.appLog(projectId, toValue(kind))),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/projects/{id}/app-log', {
          params: { path: { id: projectId }, query: { kind: toValue(kind) } },
          signal,
        }),
      ),
    refetchInterval: REFRESH_MS,
  });
  return {
    text: computed(() => plainLog(query.data.value?.log ?? '')),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
  };
}
