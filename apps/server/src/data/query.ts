import { DATA_LIMITS, type DataResult } from '@talkide/contracts';
import type pg from 'pg';
import { DomainError } from '../errors.ts';
import type { Deed } from './changes-store.ts';
import { RowCursor } from './row-cursor.ts';

interface Field {
  name: string;
  dataTypeID: number;
}
interface Page {
  rows: (string | null)[][];
  result: { fields: Field[]; command: string | null; rowCount: number | null };
}

/**
 * Runs one statement, by the extended protocol, which takes no second one behind a semicolon. Without `mayChange` it runs in
 * a read-only transaction that has begun to read, so that the statement cannot make it another; it is rolled back.
 */
export async function runQuery(
  client: pg.Client,
  sql: string,
  mayChange: boolean,
  note: (deed: Deed) => Promise<void>,
): Promise<DataResult> {
  refuseCopy(sql);
  const begun = performance.now();
  await client.query(mayChange ? 'begin' : 'begin read only');
  await client.query('select 1');
  const cursor = client.query(new RowCursor(sql));
  const { rows, result } = await read(cursor, DATA_LIMITS.queryRows + 1);
  await cursor.close();
  const command = result.command ?? '';
  if (mayChange) await note({ command: command || 'SQL', table: null, rows: result.rowCount });
  await client.query(mayChange ? 'commit' : 'rollback');
  const types = await typeNames(client, result.fields);
  return {
    columns: result.fields.map(({ name, dataTypeID }) => ({ name, type: types.get(dataTypeID) ?? '' })),
    rows: rows.slice(0, DATA_LIMITS.queryRows).map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    truncated: rows.length > DATA_LIMITS.queryRows,
    command,
    affected: result.fields.length > 0 ? null : result.rowCount,
    milliseconds: Math.round(performance.now() - begun),
  };
}

const noCopy = () => new DomainError('data_refused', { reason: 'COPY is not to be had here. Take the table as CSV.' });

/** Says so before it is run, where that can be seen; where not, it is refused when it has been read. */
export function refuseCopy(sql: string): void {
  if (/^[\s;]*(--[^\n]*\n\s*|\/\*[\s\S]*?\*\/[\s;]*)*copy\b/i.test(sql)) throw noCopy();
}

export function read(cursor: RowCursor, rows: number): Promise<Page> {
  return new Promise((resolve, reject) => {
    cursor.read(rows, (error, page, result) => {
      if (error) reject(error);
      else if (result.command === 'COPY') reject(noCopy());
      else resolve({ rows: page, result: result as unknown as Page['result'] });
    });
  });
}

async function typeNames(client: pg.Client, fields: readonly Field[]): Promise<Map<number, string>> {
  const ids = [...new Set(fields.map(({ dataTypeID }) => dataTypeID))];
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; name: string }>(
    'select id, format_type(id, null) as name from unnest($1::oid[]) as id',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [Number(id), name]));
}
