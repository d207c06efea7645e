import type { DataKind, DataResult } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { type Ref, ref, shallowRef } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

/** A statement of SQL and what came of it. Whether it may change data is asked anew every time the page is opened. */
export function useDataQuery(projectId: string, kind: Ref<DataKind>) {
  const queries = useQueryClient();
  const sql = ref('');
  const mayChange = ref(false);
  const result = shallowRef<DataResult | null>(null);
  const run = useAction(async () => {
    result.value = null;
    const body = { kind: kind.value, sql: sql.value, mayChange: mayChange.value };
    result.value = await unwrap(
      api.POST('/api/projects/{id}/data/query', { params: { path: { id: projectId } }, body }),
    );
    if (body.mayChange) await queries.invalidateQueries({ queryKey: queryKeys.data(projectId) });
  });
  return { sql, mayChange, result, run };
}
