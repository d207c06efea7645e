import pg from 'pg';
import { type Cell, csvRecord } from '../platform/csv.ts';
import { read } from './query.ts';
import { RowCursor } from './row-cursor.ts';
import type { Session } from './session.ts';

const FIRST_ROWS = 20;
const MOST_ROWS = 500;
/** Of answers in memory at a time, as far as rows are alike. */
const BATCH_BYTES = 1024 * 1024;
const { BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID } = pg.types.builtins;
/** Types whose values are no formula, whatever they begin with: a negative number stays a number. */
const PLAIN = new Set<number>(
  [BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID].map(Number),
);

/** What a statement reads as CSV, some rows at a time, as it was at one moment. What is refused is refused before the first. */
export async function* exportRows({ client, bytes, reset }: Session, sql: string): AsyncGenerator<string> {
  await client.query('begin read only');
  // A transaction that has begun to read cannot be made to write.
  await client.query('select 1');
  const cursor = client.query(new RowCursor(sql));
  let ask = FIRST_ROWS;
  let head = true;
  for (;;) {
    reset();
    const { rows, result } = await read(cursor, ask);
    const plain = result.fields.map(({ dataTypeID }) => PLAIN.has(dataTypeID));
    const lines = rows.map((row) => csvRecord(row.map((value, at) => cellOf(value, plain[at] ?? false))));
    yield (head ? csvRecord(result.fields.map(({ name }) => ({ text: name }))) : '') + lines.join('');
    if (rows.length < ask) return;
    head = false;
    ask = Math.min(MOST_ROWS, Math.max(1, Math.floor(BATCH_BYTES / (bytes() / rows.length))));
  }
}

const cellOf = (value: string | null, plain: boolean): Cell => (plain ? value : { text: value });
