import type { DataKind } from '@talkide/contracts';
import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

/** What people changed in the data of an application, the newest first. */
export function useDataChanges(projectId: string, kind: Ref<DataKind>) {
  const changes = useQuery({
    queryKey: computed(() => queryKeys.dataChanges(projectId, kind.value)),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/projects/{id}/data/changes', {
          params: { path: { id: projectId }, query: { kind: kind.value } },
          signal,
        }),
      ),
  });
  return {
    items: computed(() => changes.data.value?.items ?? []),
    list: { isPending: changes.isPending, error: changes.error, reload: () => void changes.refetch() },
  };
}
