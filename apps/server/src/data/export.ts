import type { DataTable } from '@talkide/contracts';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { type Cell, csvRecord } from '../platform/csv.ts';
import { read } from './query.ts';

const ROWS = 500;
/** Types whose values are no formula, whatever they begin with: a negative number stays a number. */
const PLAIN = /^(smallint|integer|bigint|numeric|real|double precision|boolean|date|time|timestamp|uuid)/;

/** A table as CSV, some rows at a time, as it was at one moment. */
export async function* exportTable(client: pg.Client, table: DataTable): AsyncGenerator<string> {
  yield csvRecord(table.columns.map(({ name }) => ({ text: name })));
  const columns = table.columns.map(({ name }) => `${pg.escapeIdentifier(name)}::text`);
  await client.query('begin read only');
  const text = `select ${columns.join(', ')} from ${pg.escapeIdentifier(table.name)}`;
  const cursor = client.query(new Cursor<(string | null)[]>(text, [], { rowMode: 'array' }));
  for (;;) {
    const { rows } = await read(cursor, ROWS);
    if (rows.length === 0) return;
    yield rows.map((row) => csvRecord(row.map((value, at) => cellOf(value, table.columns[at]?.type ?? '')))).join('');
  }
}

const cellOf = (value: string | null, type: string): Cell => (PLAIN.test(type) ? value : { text: value });
