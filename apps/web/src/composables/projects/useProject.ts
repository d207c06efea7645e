import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrapWithEtag } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** One project with its ETag; a null id waits. */
export function useProject(id: MaybeRefOrGetter<string | null>) {
  const query = useQuery({
    queryKey: computed(() => queryKeys.project(toValue(id) ?? '')),
    queryFn: ({ signal }) =>
      unwrapWithEtag(api.GET('/api/projects/{id}', { params: { path: { id: toValue(id) ?? '' } }, signal })),
    enabled: computed(() => toValue(id) !== null),
  });
  return {
    project: computed(() => query.data.value?.data ?? null),
    etag: computed(() => query.data.value?.etag ?? null),
    isPending: query.isPending,
    error: query.error,
    reload: () => query.refetch(),
  };
}
