import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useWorkspace } from '../workspace';

/** What a version changed; a version never changes, so it is fetched once. */
export function useVersionDiff(number: MaybeRefOrGetter<number>) {
  const { projectId } = useWorkspace();
  const query = useQuery({
    queryKey: computed(() => queryKeys.versionDiff(projectId, toValue(number))),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/projects/{id}/versions/{number}/diff', {
          params: { path: { id: projectId, number: toValue(number) } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    files: computed(() => query.data.value?.files ?? []),
    truncated: computed(() => query.data.value?.truncated ?? false),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
  };
}
