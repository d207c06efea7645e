import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useWorkspace } from '../workspace';

/** The last published releases of the open project, asked anew whenever one comes or changes. */
export function usePublished() {
  const { projectId, releases } = useWorkspace();
  const last = computed(() => {
    const one = releases.items.value.find(({ kind }) => kind === 'PUBLISHED');
    return one ? `${one.id} ${one.status}` : '';
  });
  const path = { id: projectId };
  const query = useQuery({
    queryKey: computed(() => queryKeys.published(projectId, last.value)),
    queryFn: ({ signal }) => unwrap(api.GET('/api/projects/{id}/published-releases', { params: { path }, signal })),
    placeholderData: (before) => before,
  });
  return {
    items: computed(() => query.data.value?.items ?? []),
    error: query.error,
    reload: () => query.refetch(),
  };
}
