import { z } from 'zod';
import { errors } from './problem.ts';
import { IdParams, route, Text } from './route.ts';

/** Whose data: the preview's or the published application's. They are apart. */
export const DataKind = z.enum(['PREVIEW', 'PUBLISHED']);
export type DataKind = z.infer<typeof DataKind>;

/** A value as PostgreSQL writes it, or null. */
const Cell = z.string().nullable();
const Name = Text.min(1).max(63);

export const DataColumn = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  /** PostgreSQL gives it a value when none is given. */
  hasDefault: z.boolean(),
  /** It can be given no value at all. */
  generated: z.boolean(),
  /** Place in the primary key, from 1. */
  key: z.number().int().nullable(),
  /** What it points at. */
  references: z.object({ table: z.string(), column: z.string() }).nullable(),
});
export type DataColumn = z.infer<typeof DataColumn>;

export const DataTable = z.object({
  name: z.string(),
  kind: z.enum(['TABLE', 'VIEW']),
  /** An estimate; null when PostgreSQL has none yet. */
  rows: z.number().nullable(),
  bytes: z.number(),
  /** Rows can be edited: it is a table with a primary key. */
  editable: z.boolean(),
  columns: z.array(DataColumn),
});
export type DataTable = z.infer<typeof DataTable>;

export const DataRow = z.object({
  values: z.array(Cell),
  /** Columns whose value is longer than what is shown. */
  cut: z.array(z.number().int()),
  /** Changes with every change of the row; null where rows cannot be edited. */
  version: z.string().nullable(),
});
export type DataRow = z.infer<typeof DataRow>;

export const DATA_LIMITS = { cellCharacters: 2_000, queryRows: 1_000, pageRows: 100 } as const;

export const DataFilter = z.enum(['IS', 'CONTAINS', 'EMPTY', 'FILLED']);
const RowsQuery = z.object({
  kind: DataKind,
  table: Name,
  sort: Name.optional(),
  direction: z.enum(['asc', 'desc']).default('asc'),
  filterColumn: Name.optional(),
  filter: DataFilter.default('CONTAINS'),
  value: Text.max(DATA_LIMITS.cellCharacters).default(''),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(DATA_LIMITS.pageRows).default(50),
});

const Values = z.record(Name, Text.max(1_000_000).nullable());
/** Values of the primary key, by column. */
const Key = z.record(Name, Text.max(10_000));
const Place = z.object({ kind: DataKind, table: Name });

export const DataResult = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(Cell)),
  /** There are more rows than are shown. */
  truncated: z.boolean(),
  /** What PostgreSQL did, e.g. `SELECT` or `UPDATE`, and how many rows that met; null where it counts none. */
  command: z.string(),
  affected: z.number().int().nullable(),
  milliseconds: z.number().int(),
});
export type DataResult = z.infer<typeof DataResult>;

/** Who changed what through the platform; never with which values. */
export const DataChange = z.object({
  id: z.string(),
  /** What PostgreSQL calls it, e.g. `UPDATE`. */
  command: z.string(),
  /** Null: a statement of SQL, which may have met many. */
  table: z.string().nullable(),
  rows: z.number().int().nullable(),
  by: z.string().nullable(),
  at: z.iso.datetime(),
});
export type DataChange = z.infer<typeof DataChange>;

const tag = 'data';
const failures = ['data_absent', 'data_busy', 'data_refused', 'data_too_large'] as const;
export const dataRoutes = {
  listDataTables: route({
    method: 'GET',
    url: '/api/projects/:id/data/tables',
    access: 'user',
    tag,
    summary: 'Tables and views of the application, with their columns',
    params: IdParams,
    query: z.object({ kind: DataKind }),
    responses: { 200: z.object({ items: z.array(DataTable) }) },
    errors: failures,
  }),
  listDataRows: route({
    method: 'GET',
    url: '/api/projects/:id/data/rows',
    access: 'user',
    tag,
    summary: 'Rows of a table, sorted by a column or else by the primary key',
    params: IdParams,
    query: RowsQuery,
    responses: { 200: z.object({ items: z.array(DataRow), hasMore: z.boolean() }) },
    errors: failures,
  }),
  insertDataRow: route({
    method: 'POST',
    url: '/api/projects/:id/data/rows',
    access: 'user',
    tag,
    summary: 'Add a row; columns that are left out take their defaults',
    params: IdParams,
    bodyLimit: 2 * 1024 * 1024,
    body: Place.extend({ values: Values }),
    responses: { 204: z.void() },
    errors: failures,
  }),
  updateDataRow: route({
    method: 'PATCH',
    url: '/api/projects/:id/data/rows',
    access: 'user',
    tag,
    summary: 'Change values of a row, unless somebody changed it since it was read',
    params: IdParams,
    bodyLimit: 2 * 1024 * 1024,
    body: Place.extend({ key: Key, version: z.string().max(20), values: Values }),
    responses: { 204: z.void() },
    errors: [...failures, 'data_changed'],
  }),
  deleteDataRows: route({
    method: 'POST',
    url: '/api/projects/:id/data/rows/delete',
    access: 'user',
    tag,
    summary: 'Delete rows, all or none',
    params: IdParams,
    body: Place.extend({
      rows: z
        .array(z.object({ key: Key, version: z.string().max(20) }))
        .min(1)
        .max(DATA_LIMITS.pageRows),
    }),
    responses: { 204: z.void() },
    errors: [...failures, 'data_changed'],
  }),
  runDataQuery: route({
    method: 'POST',
    url: '/api/projects/:id/data/query',
    access: 'user',
    tag,
    summary: 'Run one statement of SQL; nothing is changed unless that is asked for',
    params: IdParams,
    body: z.object({ kind: DataKind, sql: Text.trim().min(1).max(50_000), mayChange: z.boolean().default(false) }),
    responses: { 200: DataResult },
    errors: failures,
  }),
  exportDataQuery: route({
    method: 'POST',
    url: '/api/projects/:id/data/query.csv',
    access: 'user',
    tag,
    summary: 'Everything that one statement of SQL reads, as CSV; it can change nothing',
    params: IdParams,
    body: z.object({ kind: DataKind, sql: Text.trim().min(1).max(50_000) }),
    media: ['text/csv'],
    responses: { 200: z.any() },
    errors: failures,
  }),
  listDataChanges: route({
    method: 'GET',
    url: '/api/projects/:id/data/changes',
    access: 'user',
    tag,
    summary: 'The newest changes of data that people made here, not those of the application itself',
    params: IdParams,
    query: z.object({ kind: DataKind }),
    responses: { 200: z.object({ items: z.array(DataChange) }) },
  }),
  exportDataTable: route({
    method: 'GET',
    url: '/api/projects/:id/data/table.csv',
    access: 'user',
    tag,
    summary: 'All rows of a table as CSV (RFC 4180)',
    params: IdParams,
    query: z.object({ kind: DataKind, table: Name }),
    media: ['text/csv'],
    responses: { 200: z.any() },
    errors: failures,
  }),
};

export const dataErrors = errors({
  data_absent: {
    status: 404,
    en: 'There is no data here yet: the app has not run, or has no such table.',
    cs: 'Tady zatím žádná data nejsou: aplikace ještě neběžela, nebo takovou tabulku nemá.',
  },
  data_busy: {
    status: 429,
    en: 'Two requests to this data are under way already. Wait a moment and try again.',
    cs: 'Na tahle data se už dvakrát ptáte. Chvilku počkejte a zkuste to znovu.',
  },
  data_refused: {
    status: 422,
    en: 'The database says: {reason}',
    cs: 'Databáze říká: {reason}',
  },
  data_too_large: {
    status: 422,
    en: 'The answer is larger than {limit}. Ask for fewer columns or rows.',
    cs: 'Odpověď je větší než {limit}. Ptejte se na míň sloupců nebo řádků.',
  },
  data_changed: {
    status: 409,
    en: 'Somebody, or the app itself, changed or deleted this row in the meantime. Load it again.',
    cs: 'Ten řádek mezitím někdo, nebo sama aplikace, změnil nebo smazal. Načtěte ho znovu.',
  },
});
