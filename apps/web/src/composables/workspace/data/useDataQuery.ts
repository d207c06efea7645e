import type { DataKind, DataResult } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref, ref, shallowRef } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { saveFile } from '@/lib/save-file';
import { placeOfError } from './place-of-error';

/** A statement of SQL and what came of it. Whether it may change data is asked anew every time the page is opened. */
export function useDataQuery(projectId: string, kind: Ref<DataKind>) {
  const queries = useQueryClient();
  const sql = ref('');
  const mayChange = ref(false);
  const asked = ref('');
  const result = shallowRef<DataResult | null>(null);
  const run = useAction(async () => {
    result.value = null;
    asked.value = sql.value;
    download.clear();
    const body = { kind: kind.value, sql: sql.value, mayChange: mayChange.value };
    result.value = await unwrap(
      api.POST('/api/projects/{id}/data/query', { params: { path: { id: projectId } }, body }),
    );
    if (body.mayChange) await queries.invalidateQueries({ queryKey: queryKeys.data(projectId) });
  });
  /** All that the statement reads, which may be more than is shown. */
  const download = useAction(async () => {
    const body = { kind: kind.value, sql: sql.value };
    const file = await unwrap(
      api.POST('/api/projects/{id}/data/query.csv', { params: { path: { id: projectId } }, body, parseAs: 'blob' }),
    );
    saveFile(file as Blob, 'query.csv');
  });
  const place = computed(() => placeOfError(asked.value, run.error.value?.facts.position));
  return { sql, mayChange, result, run, download, place };
}
