import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { saveFile } from '@/lib/save-file';
import { plainLog } from '../preview/preview-state';
import { useWorkspace } from '../workspace';

export type AppLogKind = 'PREVIEW' | 'PUBLISHED';
const REFRESH_MS = 2_000;

/** The last lines the app has written, or the last of all that hold what is sought; renewed while they are looked at. */
export function useAppLog(kind: MaybeRefOrGetter<AppLogKind>, sought: MaybeRefOrGetter<string>) {
  const { projectId, project } = useWorkspace();
  const path = { id: projectId };
  const search = computed(() => toValue(sought).trim());
  const query = useQuery({
    queryKey: computed(() => queryKeys.appLog(projectId, toValue(kind), search.value)),
    queryFn: ({ signal }) => {
      const query = { kind: toValue(kind), ...(search.value && { search: search.value }) };
      return unwrap(api.GET('/api/projects/{id}/app-log', { params: { path, query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const save = useAction(async () => {
    const params = { path, query: { kind: toValue(kind) } };
    const file = await unwrap(api.GET('/api/projects/{id}/app-log.txt', { params, parseAs: 'blob' }));
    saveFile(file as Blob, `${project.value?.slug ?? 'app'}-${toValue(kind).toLowerCase()}.log`);
  });
  return {
    text: computed(() => plainLog(query.data.value?.log ?? '')),
    hasOlder: computed(() => query.data.value?.hasOlder ?? false),
    isPending: query.isPending,
    error: query.error,
    reload: () => void query.refetch(),
    save,
  };
}
