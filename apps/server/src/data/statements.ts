import { DATA_LIMITS, type DataColumn, type DataTable } from '@talkide/contracts';
import pg from 'pg';

/** A statement with its parameters. Names come from the catalogue and are quoted, values are parameters. */
export interface Statement {
  text: string;
  values: (string | null)[];
}

/** A row by its primary key, as it was when it was read. */
export interface RowRef {
  key: Readonly<Record<string, string>>;
  /** `xmin` of the row: PostgreSQL changes it with every change. */
  version: string;
}

const quote = (name: string) => pg.escapeIdentifier(name);
export const keyColumns = ({ columns }: DataTable): DataColumn[] =>
  columns.filter(({ key }) => key !== null).sort((a, b) => (a.key ?? 0) - (b.key ?? 0));

/**
 * A value is written by people and read by PostgreSQL, which finds its type by the column beside it. No cast: one to
 * `varchar(3)` would cut a longer value in silence, where an assignment refuses it.
 */
const parameter = (place: number) => `$${place}`;

export interface RowsAsked {
  sort: DataColumn | null;
  direction: 'asc' | 'desc';
  filter: { column: DataColumn; by: 'IS' | 'CONTAINS' | 'EMPTY' | 'FILLED'; value: string } | null;
  offset: number;
  limit: number;
}

/** One more row than the limit tells whether there are more. Long values come cut, with their length. */
export function selectRows(table: DataTable, asked: RowsAsked): Statement {
  const shown = table.columns.map(({ name }) => `left(${quote(name)}::text, ${DATA_LIMITS.cellCharacters + 1})`);
  const version = table.editable ? 'xmin::text' : 'null::text';
  const { where, values } = condition(asked.filter);
  return {
    text: `select ${[version, ...shown].join(', ')} from ${quote(table.name)}${where}${order(table, asked)}
            limit ${asked.limit + 1} offset ${asked.offset}`,
    values,
  };
}

export const selectAll = (table: DataTable): string =>
  `select ${table.columns.map(({ name }) => quote(name)).join(', ')} from ${quote(table.name)}`;

function condition(filter: RowsAsked['filter']): { where: string; values: string[] } {
  if (!filter) return { where: '', values: [] };
  const name = quote(filter.column.name);
  if (filter.by === 'EMPTY') return { where: ` where ${name} is null`, values: [] };
  if (filter.by === 'FILLED') return { where: ` where ${name} is not null`, values: [] };
  if (filter.by === 'IS') return { where: ` where ${name}::text = $1`, values: [filter.value] };
  return { where: ` where strpos(lower(${name}::text), lower($1)) > 0`, values: [filter.value] };
}

/** The key comes last, so that rows that are alike keep their order from page to page. */
function order(table: DataTable, { sort, direction }: RowsAsked): string {
  const keys = keyColumns(table).map(({ name }) => quote(name));
  const parts = [...(sort ? [`${quote(sort.name)} ${direction} nulls last`] : []), ...keys];
  return parts.length > 0 ? ` order by ${parts.join(', ')}` : '';
}

export function insertRow(table: DataTable, given: readonly [DataColumn, string | null][]): Statement {
  const names = given.map(([column]) => quote(column.name));
  const values = given.map((_, at) => parameter(at + 1));
  const rest = names.length > 0 ? `(${names.join(', ')}) values (${values.join(', ')})` : 'default values';
  return { text: `insert into ${quote(table.name)} ${rest}`, values: given.map(([, value]) => value) };
}

export function updateRow(table: DataTable, row: RowRef, given: readonly [DataColumn, string | null][]): Statement {
  const sets = given.map(([column], at) => `${quote(column.name)} = ${parameter(at + 1)}`);
  const at = whereIs(table, row, given.length);
  return {
    text: `update ${quote(table.name)} set ${sets.join(', ')} where ${at.text}`,
    values: [...given.map(([, value]) => value), ...at.values],
  };
}

export function deleteRow(table: DataTable, row: RowRef): Statement {
  const at = whereIs(table, row, 0);
  return { text: `delete from ${quote(table.name)} where ${at.text}`, values: at.values };
}

function whereIs(table: DataTable, { key, version }: RowRef, before: number): Statement {
  const columns = keyColumns(table);
  const parts = columns.map(({ name }, at) => `${quote(name)} = ${parameter(before + at + 1)}`);
  return {
    text: [...parts, `xmin::text = $${before + columns.length + 1}`].join(' and '),
    values: [...columns.map(({ name }) => key[name] ?? ''), version],
  };
}
