import {
  DATA_LIMITS,
  type DataColumn,
  type DataKind,
  type DataResult,
  type DataRow,
  type DataTable,
  type dataRoutes,
} from '@talkide/contracts';
import type pg from 'pg';
import type { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { Deed } from './changes-store.ts';
import { exportRows } from './export.ts';
import { refuseCopy, runQuery } from './query.ts';
import { EXPORT, type Login, type Session, type SessionOptions, withSession } from './session.ts';
import {
  deleteRow,
  insertRow,
  keyColumns,
  type RowRef,
  type Statement,
  selectAll,
  selectRows,
  updateRow,
} from './statements.ts';
import { readTables } from './tables.ts';

/** Of an application's ten connections; the others are its own. */
const PARALLEL = 2;

export interface DataPlace {
  projectId: string;
  kind: DataKind;
}
export type RowsQuery = z.output<typeof dataRoutes.listDataRows.query>;
type Values = Readonly<Record<string, string | null>>;
/** Writes down what is about to be committed; when it fails, nothing is. */
type Note = (deed: Deed) => Promise<void>;
type Send = (lines: AsyncGenerator<string>) => Promise<void>;

export interface DataService {
  tables(place: DataPlace): Promise<DataTable[]>;
  rows(place: DataPlace, asked: RowsQuery): Promise<{ items: DataRow[]; hasMore: boolean }>;
  insert(place: DataPlace, note: Note, table: string, values: Values): Promise<void>;
  update(place: DataPlace, note: Note, table: string, row: RowRef, values: Values): Promise<void>;
  /** All or none. */
  remove(place: DataPlace, note: Note, table: string, rows: readonly RowRef[]): Promise<void>;
  query(place: DataPlace, note: Note, sql: string, mayChange: boolean): Promise<DataResult>;
  /** Rejects before the first line when there is no such table. */
  csv(place: DataPlace, table: string, send: Send): Promise<void>;
  /** What a statement reads; rejects before the first line when it is refused. */
  queryCsv(place: DataPlace, sql: string, send: Send): Promise<void>;
}

/** What an owner does with the data of her application, as the application: PostgreSQL keeps her to its schema. */
export function createDataService(login: (place: DataPlace) => Promise<Login | null>): DataService {
  const running = new Map<string, number>();

  async function session<T>(
    place: DataPlace,
    work: (session: Session) => Promise<T>,
    options?: SessionOptions,
  ): Promise<T> {
    const key = `${place.projectId} ${place.kind}`;
    const before = running.get(key) ?? 0;
    if (before >= PARALLEL) throw new DomainError('data_busy', { retryAfterSeconds: 1 });
    running.set(key, before + 1);
    try {
      const found = await login(place);
      if (!found) throw new DomainError('data_absent');
      return await withSession(found, work, options);
    } finally {
      const left = (running.get(key) ?? 1) - 1;
      if (left === 0) running.delete(key);
      else running.set(key, left);
    }
  }

  const inTable = <T>(
    place: DataPlace,
    name: string,
    work: (session: Session, table: DataTable) => Promise<T>,
    options?: SessionOptions,
  ): Promise<T> =>
    session(
      place,
      async (opened) => {
        const [table] = await readTables(opened.client, name);
        if (!table) throw new DomainError('data_absent');
        return work(opened, table);
      },
      options,
    );

  /** All of `work` or nothing, and not without its note. The connection, and with it the transaction, ends with a refusal. */
  const changing = (
    place: DataPlace,
    note: Note,
    name: string,
    work: (client: pg.Client, table: DataTable) => Promise<Omit<Deed, 'table'>>,
  ): Promise<void> =>
    inTable(
      place,
      name,
      async ({ client }, table) => {
        await client.query('begin');
        const deed = await work(client, table);
        await note({ ...deed, table: name });
        await client.query('commit');
      },
      { mayChange: true },
    );

  return {
    tables: (place) => session(place, ({ client }) => readTables(client)),
    rows: (place, asked) => inTable(place, asked.table, ({ client }, table) => readRows(client, table, asked)),
    insert: (place, note, name, values) =>
      changing(place, note, name, async (client, table) => {
        await client.query(insertRow(table, columnsOf(table, values)));
        return { command: 'INSERT', rows: 1 };
      }),
    update: (place, note, name, row, values) =>
      changing(place, note, name, async (client, table) => {
        requireKey(table, [row]);
        await changeOne(client, updateRow(table, row, columnsOf(table, values)));
        return { command: 'UPDATE', rows: 1 };
      }),
    remove: (place, note, name, rows) =>
      changing(place, note, name, async (client, table) => {
        requireKey(table, rows);
        for (const row of rows) await changeOne(client, deleteRow(table, row));
        return { command: 'DELETE', rows: rows.length };
      }),
    query: (place, note, sql, mayChange) =>
      session(place, ({ client }) => runQuery(client, sql, mayChange, note), { mayChange }),
    csv: (place, name, send) =>
      inTable(place, name, (opened, table) => send(exportRows(opened, selectAll(table))), EXPORT),
    async queryCsv(place, sql, send) {
      refuseCopy(sql);
      await session(place, (opened) => send(exportRows(opened, sql)), EXPORT);
    },
  };
}

async function changeOne(client: pg.Client, statement: Statement): Promise<void> {
  const { rowCount } = await client.query(statement);
  if (rowCount !== 1) throw new DomainError('data_changed');
}

async function readRows(client: pg.Client, table: DataTable, asked: RowsQuery) {
  const find = (name: string | undefined) => (name === undefined ? null : columnOf(table, name));
  const column = find(asked.filterColumn);
  const statement = selectRows(table, {
    sort: find(asked.sort),
    direction: asked.direction,
    filter: column && { column, by: asked.filter, value: asked.value },
    offset: asked.offset,
    limit: asked.limit,
  });
  const { rows } = await client.query<(string | null)[]>({ ...statement, rowMode: 'array' } as pg.QueryArrayConfig);
  const items = (rows as unknown as (string | null)[][]).slice(0, asked.limit).map(
    ([version, ...cells]): DataRow => ({
      version: version ?? null,
      values: cells.map((cell) => cell?.slice(0, DATA_LIMITS.cellCharacters) ?? null),
      cut: cells.flatMap((cell, at) => ((cell?.length ?? 0) > DATA_LIMITS.cellCharacters ? [at] : [])),
    }),
  );
  return { items, hasMore: rows.length > asked.limit };
}

function columnOf(table: DataTable, name: string): DataColumn {
  const column = table.columns.find((one) => one.name === name);
  if (!column) throw new DomainError('data_refused', { reason: `${table.name} has no column ${name}.` });
  return column;
}

const columnsOf = (table: DataTable, values: Values): [DataColumn, string | null][] =>
  Object.entries(values).map(([name, value]) => [columnOf(table, name), value]);

function requireKey(table: DataTable, rows: readonly RowRef[]): void {
  const keys = keyColumns(table);
  if (!table.editable)
    throw new DomainError('data_refused', {
      reason: `${table.name} has no primary key, so its rows cannot be told apart.`,
    });
  if (rows.some(({ key }) => keys.some(({ name }) => key[name] === undefined)))
    throw new DomainError('data_refused', {
      reason: `A row of ${table.name} is named by ${keys.map(({ name }) => name).join(', ')}.`,
    });
}
