export interface SortOrder {
  column: string;
  descending: boolean;
}

/** Rows in the order of a value, ties as they were; numbers by size, words as the language sorts them. */
export function sortRows<R>(
  rows: readonly R[],
  value: (row: R) => string | number,
  descending: boolean,
  locale: string,
): R[] {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return rows.toSorted((a, b) => (descending ? compare(value(b), value(a)) : compare(value(a), value(b))));
}

/** A click on a heading: another column begins with its useful end, the same one turns round. */
export function nextOrder(order: SortOrder, column: string, isNumber: boolean): SortOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: isNumber };
}
