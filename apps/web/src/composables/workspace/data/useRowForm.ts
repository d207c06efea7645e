import type { DataColumn, DataRow, DataTable } from '@talkide/contracts';
import { computed, reactive } from 'vue';

interface Field {
  column: DataColumn;
  /** Null: no value at all, which is not the same as an empty text. */
  value: string | null;
  /** As it was read; undefined in a new row, whose untouched columns take their defaults. */
  before: string | null | undefined;
  /** It is longer than what was read, so it cannot be edited here. */
  isCut: boolean;
}

/** The values of a row that is edited, or of a new one. */
export function useRowForm(table: DataTable, row: DataRow | null) {
  const fields = reactive(
    table.columns.map((column, index): Field => {
      const before = row ? (row.values[index] ?? null) : undefined;
      return { column, value: before ?? null, before, isCut: row?.cut.includes(index) ?? false };
    }),
  );
  const changed = computed(() =>
    Object.fromEntries(
      fields.filter(({ value, before }) => value !== (before ?? null)).map(({ column, value }) => [column.name, value]),
    ),
  );
  return {
    fields,
    changed,
    isReady: computed(() => row === null || Object.keys(changed.value).length > 0),
    isFixed: ({ column, isCut }: Field) => isCut || column.generated,
  };
}
