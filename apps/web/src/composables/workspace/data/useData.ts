import type { DataColumn, DataKind, DataRow, DataTable } from '@talkide/contracts';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, reactive, ref, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { saveFile } from '@/lib/save-file';

const PAGE = 50;

export const keysOf = (table: DataTable): DataColumn[] => table.columns.filter(({ key }) => key !== null);

/** How the platform finds a row again: its key as it was read, and its version. */
export function rowRef(table: DataTable, row: DataRow): { key: Record<string, string>; version: string } {
  const key = Object.fromEntries(keysOf(table).map(({ name }) => [name, row.values[indexOf(table, name)] ?? '']));
  return { key, version: row.version ?? '' };
}
export const indexOf = (table: DataTable, name: string): number => table.columns.findIndex((one) => one.name === name);

/** The tables of an application and the rows of the one that is looked at. */
export function useData(projectId: string) {
  const queries = useQueryClient();
  const path = { id: projectId };
  const kind = ref<DataKind>('PREVIEW');
  const name = ref<string | null>(null);
  const asked = reactive({ offset: 0, sort: '', direction: 'asc' as 'asc' | 'desc', filterColumn: '', value: '' });

  const tables = useQuery({
    queryKey: computed(() => queryKeys.dataTables(projectId, kind.value)),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/projects/{id}/data/tables', { params: { path, query: { kind: kind.value } }, signal })),
    retry: false,
  });
  const items = computed(() => tables.data.value?.items ?? []);
  const table = computed(() => items.value.find((one) => one.name === name.value) ?? items.value[0] ?? null);

  const rowsQuery = computed(() => ({
    kind: kind.value,
    table: table.value?.name ?? '',
    offset: asked.offset,
    limit: PAGE,
    ...(asked.sort ? { sort: asked.sort, direction: asked.direction } : {}),
    ...(asked.filterColumn && asked.value ? { filterColumn: asked.filterColumn, value: asked.value } : {}),
  }));
  const rows = useQuery({
    queryKey: computed(() => queryKeys.dataRows(projectId, rowsQuery.value)),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/projects/{id}/data/rows', { params: { path, query: rowsQuery.value }, signal })),
    enabled: computed(() => table.value !== null),
    placeholderData: keepPreviousData,
    retry: false,
  });

  function look(at: { kind?: DataKind; table?: string | null }): void {
    kind.value = at.kind ?? kind.value;
    name.value = at.table ?? null;
    Object.assign(asked, { offset: 0, sort: '', direction: 'asc', filterColumn: '', value: '' });
  }
  function sortBy(column: string): void {
    asked.direction = asked.sort === column && asked.direction === 'asc' ? 'desc' : 'asc';
    asked.sort = column;
    asked.offset = 0;
  }
  watch(
    () => [asked.value, asked.filterColumn],
    () => (asked.offset = 0),
  );
  const reload = () => queries.invalidateQueries({ queryKey: queryKeys.data(projectId) });

  const body = () => ({ kind: kind.value, table: table.value?.name ?? '' });
  const insert = useAction(async (values: Record<string, string | null>) => {
    await unwrap(api.POST('/api/projects/{id}/data/rows', { params: { path }, body: { ...body(), values } }));
    await reload();
    return true;
  });
  const update = useAction(async (row: DataRow, values: Record<string, string | null>) => {
    if (!table.value) return false;
    const change = { ...body(), ...rowRef(table.value, row), values };
    await unwrap(api.PATCH('/api/projects/{id}/data/rows', { params: { path }, body: change }));
    await reload();
    return true;
  });
  const remove = useAction(async (row: DataRow) => {
    if (!table.value) return false;
    const gone = { ...body(), rows: [rowRef(table.value, row)] };
    await unwrap(api.POST('/api/projects/{id}/data/rows/delete', { params: { path }, body: gone }));
    await reload();
    return true;
  });
  const download = useAction(async () => {
    const query = body();
    const file = await unwrap(
      api.GET('/api/projects/{id}/data/table.csv', { params: { path, query }, parseAs: 'blob' }),
    );
    saveFile(file as Blob, `${query.table}.csv`);
  });

  return {
    ...{ kind, table, tables: items, asked, look, sortBy, reload },
    list: { isPending: tables.isPending, error: tables.error, reload: () => void tables.refetch() },
    rows: computed(() => rows.data.value?.items ?? []),
    hasMore: computed(() => rows.data.value?.hasMore ?? false),
    rowsError: rows.error,
    isFetching: rows.isFetching,
    page: {
      size: PAGE,
      next: () => (asked.offset += PAGE),
      back: () => (asked.offset = Math.max(0, asked.offset - PAGE)),
    },
    ...{ insert, update, remove, download },
  };
}
export type DataBrowser = ReturnType<typeof useData>;
