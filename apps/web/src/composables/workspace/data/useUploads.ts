import type { DataKind } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref, shallowRef } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { usePages } from '@/composables/usePages';

/** Files that the application keeps, by name; `prefix` is what names begin with. */
export function useUploads(projectId: string, kind: DataKind, prefix: Ref<string>) {
  const queries = useQueryClient();
  const path = { id: projectId };
  const room = shallowRef<{ usedBytes: number; quotaBytes: number } | null>(null);
  const list = usePages({
    key: computed(() => queryKeys.uploads(projectId, kind, prefix.value)),
    size: 50,
    fetchPage: async (page, signal) => {
      const query = { kind, prefix: prefix.value, ...page };
      const answer = await unwrap(api.GET('/api/projects/{id}/uploads', { params: { path, query }, signal }));
      room.value = answer;
      return answer;
    },
    keepLast: true,
  });
  const save = useAction(async (name: string) => {
    const { url } = await unwrap(
      api.POST('/api/projects/{id}/uploads/link', { params: { path }, body: { kind, name } }),
    );
    location.assign(url);
  });
  const remove = useAction(async (name: string) => {
    await unwrap(api.POST('/api/projects/{id}/uploads/delete', { params: { path }, body: { kind, name } }));
    await queries.invalidateQueries({ queryKey: queryKeys.uploads(projectId) });
    return true;
  });
  return { list, room, save, remove };
}
