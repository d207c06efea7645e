import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useWorkspace } from '../workspace';
import { fileTree } from './file-tree';

/** The files of the current version (null) or of a past one. */
export function useFiles(version: MaybeRefOrGetter<number | null>) {
  const { projectId, project } = useWorkspace();
  const asked = computed(() => toValue(version));
  const query = useQuery({
    // The current version moves: its number is part of what was asked.
    queryKey: computed(() => [
      ...queryKeys.files(projectId, asked.value),
      asked.value ?? project.value?.currentVersion,
    ]),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/projects/{id}/files', {
          params: { path: { id: projectId }, query: asked.value === null ? {} : { version: asked.value } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  });
  const paths = computed(() => query.data.value?.items.map((file) => file.path) ?? []);
  return {
    paths,
    tree: computed(() => fileTree(paths.value)),
    truncated: computed(() => query.data.value?.truncated ?? false),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
  };
}
