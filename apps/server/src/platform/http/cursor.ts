import { DomainError } from '../../errors.ts';

/** A page's end as an opaque text: the sort key of the last item. */
export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The sort key in a cursor; a cursor that we did not make is a bad request. */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(values) && values.length === length && values.every((value) => typeof value === 'string')) {
      return values;
    }
  } catch {
    // Falls through: not JSON is as bad as the wrong JSON.
  }
  throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
}

/** Cuts a list that was read with one row more than the page holds. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => readonly string[],
  view: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(view), nextCursor: more ? encodeCursor(key(last)) : null };
}
