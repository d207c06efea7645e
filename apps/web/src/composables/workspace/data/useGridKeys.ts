import { nextTick, type Ref, reactive, watch } from 'vue';

export interface GridPlace {
  row: number;
  column: number;
}
export interface GridSize {
  rows: number;
  columns: number;
}

const STEPS: Record<string, (at: GridPlace, size: GridSize) => GridPlace> = {
  ArrowUp: ({ row, column }) => ({ row: row - 1, column }),
  ArrowDown: ({ row, column }) => ({ row: row + 1, column }),
  ArrowLeft: ({ row, column }) => ({ row, column: column - 1 }),
  ArrowRight: ({ row, column }) => ({ row, column: column + 1 }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, { columns }) => ({ row, column: columns - 1 }),
};

const within = (place: number, size: number) => Math.max(0, Math.min(size - 1, place));

/** Where a key leads from a cell; null when it is none that moves. Never out of the grid. */
export function step(key: string, at: GridPlace, size: GridSize): GridPlace | null {
  const to = STEPS[key]?.(at, size);
  return to ? { row: within(to.row, size.rows), column: within(to.column, size.columns) } : null;
}

interface GridKeys {
  size(): GridSize;
  open(row: number, column: number): void;
  next(): void;
  back(): void;
}

/** One cell of a grid is a stop of the Tab key; arrows lead to the others, Enter opens, Page Up and Down turn pages. */
export function useGridKeys(body: Readonly<Ref<HTMLTableSectionElement | null>>, { size, open, next, back }: GridKeys) {
  const at = reactive<GridPlace>({ row: 0, column: 0 });
  watch(size, ({ rows, columns }) =>
    Object.assign(at, { row: within(at.row, rows), column: within(at.column, columns) }),
  );

  const cellAt = ({ row, column }: GridPlace) =>
    body.value?.querySelectorAll('tr')[row]?.querySelectorAll('td')[column];

  function act(key: string): boolean {
    const to = step(key, at, size());
    if (to) {
      Object.assign(at, to);
      void nextTick(() => cellAt(to)?.focus());
    } else if (key === 'Enter' || key === 'F2') open(at.row, at.column);
    else if (key === 'PageDown') next();
    else if (key === 'PageUp') back();
    else return false;
    return true;
  }
  return {
    at,
    onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLTableCellElement)) return;
      if (act(event.key)) event.preventDefault();
    },
  };
}
