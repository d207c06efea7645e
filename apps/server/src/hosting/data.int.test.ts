import { type DataKind, type DataRow, dataRoutes, type Project } from '@talkide/contracts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { schemaName } from './data-plane.ts';
import { hostedRig, type Person } from './testing/hosted.ts';

const { db, adminUrl } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });
const admin = new Client({ connectionString: dataPlane.adminUrl });

let ada: Person;
let project: Project;
let schema: string;

const SETUP = `
  create table guest (id bigint generated always as identity primary key, name text not null check (name <> 'nobody'),
    age integer, born date, vip boolean default false, notes jsonb, "Odd ""name""" text);
  create table visit (guest_id bigint references guest, at timestamptz, primary key (guest_id, at));
  create table plain (word text);
  create view adults as select name from guest where age >= 18;
  insert into guest (name, age, notes) select 'Guest ' || n, n, '{"n": 1}' from generate_series(1, 120) n;
  insert into visit values (1, '2026-01-01'), (2, '2026-01-02');
  insert into plain values ('=1+1'), (null);`;

beforeAll(async () => {
  await admin.connect();
  ada = await rig.person();
  project = await ada.create('Kept');
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  schema = schemaName({ tenantId: ada.tenantId, slug: project.slug }, 'preview');
  await admin.query(`set role "${schema}"; set search_path to "${schema}"; ${SETUP}`);
  await admin.query('reset role; reset search_path');
});
afterAll(() => admin.end());

const params = () => ({ params: { id: project.id } });
const tables = (who = ada, kind: DataKind = 'PREVIEW') =>
  who.call(dataRoutes.listDataTables, { ...params(), query: { kind } });
const rows = (query: object, who = ada) =>
  who.call(
    'GET',
    `/api/projects/${project.id}/data/rows?${new URLSearchParams({ kind: 'PREVIEW', table: 'guest', ...query })}`,
  );
const run = (statement: string, mayChange = false, who = ada) =>
  who.call('POST', `/api/projects/${project.id}/data/query`, { body: { kind: 'PREVIEW', sql: statement, mayChange } });
const at = { kind: 'PREVIEW' as const, table: 'guest' };
const hostedProject = async () => {
  const found = await db.system((tx) => rig.projects.get(tx, project.id));
  if (!found) throw new Error('no project');
  return found;
};
/** Connections of these pages. */
const ours = async () =>
  (await admin.query(`select from pg_stat_activity where usename = $1 and application_name = 'talkide-data'`, [schema]))
    .rows;
const firstRow = async (): Promise<DataRow> => (await rows({ limit: '1' })).body.items[0];

describe('tables', () => {
  test('are shown with columns, keys and what they point at', async () => {
    const { status, body } = await tables();
    expect(status).toBe(200);
    const byName = new Map(body.items.map((table) => [table.name, table]));
    expect(byName.get('guest')).toMatchObject({ kind: 'TABLE', editable: true });
    expect(byName.get('guest')?.columns.slice(0, 3)).toMatchObject([
      { name: 'id', type: 'bigint', nullable: false, generated: true, key: 1 },
      { name: 'name', type: 'text', nullable: false, hasDefault: false, key: null },
      { name: 'age', type: 'integer', nullable: true },
    ]);
    expect(byName.get('visit')?.columns).toMatchObject([
      { name: 'guest_id', key: 1, references: { table: 'guest', column: 'id' } },
      { name: 'at', key: 2, references: null },
    ]);
    expect(byName.get('adults')).toMatchObject({ kind: 'VIEW', editable: false });
    expect(byName.get('plain')).toMatchObject({ kind: 'TABLE', editable: false });
  });

  test('404 where nothing was published, and looking makes nothing', async () => {
    expect(await tables(ada, 'PUBLISHED')).toMatchObject({ status: 404, body: { code: 'data_absent' } });
    const prod = schemaName({ tenantId: ada.tenantId, slug: project.slug }, 'prod');
    expect((await admin.query('select from pg_roles where rolname = $1', [prod])).rowCount).toBe(0);
  });

  test("404 for another tenant's project, whatever is asked", async () => {
    const ben = await rig.person();
    expect((await tables(ben)).body).toMatchObject({ code: 'not_found' });
    expect((await rows({}, ben)).status).toBe(404);
    expect((await run('select 1', false, ben)).status).toBe(404);
    expect((await ben.call(dataRoutes.insertDataRow, { ...params(), body: { ...at, values: {} } })).status).toBe(404);
    const row = { key: { id: '1' }, version: '1' };
    expect(
      (await ben.call(dataRoutes.updateDataRow, { ...params(), body: { ...at, ...row, values: { age: '1' } } })).status,
    ).toBe(404);
    expect((await ben.call(dataRoutes.deleteDataRows, { ...params(), body: { ...at, rows: [row] } })).status).toBe(404);
    expect((await ben.call('GET', `/api/projects/${project.id}/data/table.csv?kind=PREVIEW&table=guest`)).status).toBe(
      404,
    );
  });
});

describe('rows', () => {
  test('come in pages, in the order of the key or of a column', async () => {
    const first = (await rows({ limit: '50' })).body;
    expect(first.hasMore).toBe(true);
    expect(first.items[0].values.slice(0, 3)).toEqual(['1', 'Guest 1', '1']);
    const last = (await rows({ limit: '50', offset: '100' })).body;
    expect(last).toMatchObject({ hasMore: false });
    expect(last.items).toHaveLength(20);
    const oldest = (await rows({ sort: 'age', direction: 'desc', limit: '1' })).body.items[0];
    expect(oldest.values[2]).toBe('120');
  });

  test('are found by what a column holds', async () => {
    expect((await rows({ filterColumn: 'name', value: 'GUEST 11' })).body.items).toHaveLength(11);
    expect((await rows({ filterColumn: 'name', filter: 'IS', value: 'Guest 11' })).body.items).toHaveLength(1);
    expect((await rows({ filterColumn: 'born', filter: 'FILLED' })).body.items).toHaveLength(0);
    expect((await rows({ filterColumn: 'born', filter: 'EMPTY', limit: '100' })).body.items).toHaveLength(100);
  });

  test('of odd names and of views are shown; long values are cut and say so', async () => {
    await run(`insert into guest (name, age, "Odd ""name""") values ('Long', 200, repeat('ž', 5000))`, true);
    const { items } = (await rows({ filterColumn: 'Odd "name"', filter: 'FILLED' })).body;
    expect(items[0].values[6]).toHaveLength(2000);
    expect(items[0].cut).toEqual([6]);
    await run(`delete from guest where name = 'Long'`, true);
    expect((await rows({ table: 'adults', limit: '1' })).body.items[0]).toMatchObject({
      values: ['Guest 18'],
      version: null,
    });
  });

  test('404 for no such table, 422 for no such column, 400 for no such kind', async () => {
    expect((await rows({ table: 'nowhere' })).body.code).toBe('data_absent');
    expect((await rows({ table: 'guest"; drop table guest; --' })).body.code).toBe('data_absent');
    expect((await rows({ sort: 'nothing' })).status).toBe(422);
    expect((await rows({ kind: 'LOOK' })).status).toBe(400);
  });
});

describe('changes', () => {
  const insert = (values: object) =>
    ada.call('POST', `/api/projects/${project.id}/data/rows`, { body: { ...at, values } });
  const update = (row: DataRow, values: object) =>
    ada.call('PATCH', `/api/projects/${project.id}/data/rows`, {
      body: { ...at, key: { id: row.values[0] }, version: row.version, values },
    });

  test('a row is added with its defaults, changed and deleted, typed as its columns are', async () => {
    expect((await insert({ name: 'New', born: '2000-02-29', notes: '{"a": [1, 2]}' })).status).toBe(204);
    const find = async () => (await rows({ filterColumn: 'name', value: 'new' })).body.items[0];
    const row = await find();
    expect(row.values.slice(1, 6)).toEqual(['New', null, '2000-02-29', 'false', '{"a": [1, 2]}']);
    expect((await update(row, { age: '41', notes: null, vip: 'yes' })).status).toBe(204);
    const changed = await find();
    expect(changed.values.slice(1, 6)).toEqual(['New', '41', '2000-02-29', 'true', null]);
    const rowRef = { key: { id: changed.values[0] }, version: changed.version };
    const remove = () =>
      ada.call('POST', `/api/projects/${project.id}/data/rows/delete`, { body: { ...at, rows: [rowRef] } });
    expect((await remove()).status).toBe(204);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'data_changed' } });
    expect(await find()).toBeUndefined();
  });

  test('409 when somebody changed the row since it was read; nothing of a deletion of many happens then', async () => {
    const row = await firstRow();
    expect((await update(row, { age: '2' })).status).toBe(204);
    expect(await update(row, { age: '3' })).toMatchObject({ status: 409, body: { code: 'data_changed' } });
    const [one, two] = (await rows({ sort: 'id', direction: 'desc', limit: '2' })).body.items;
    const body = {
      ...at,
      rows: [
        { key: { id: two.values[0] }, version: two.version },
        { key: { id: one.values[0] }, version: '1' },
      ],
    };
    expect((await ada.call('POST', `/api/projects/${project.id}/data/rows/delete`, { body })).status).toBe(409);
    expect((await rows({ filterColumn: 'id', filter: 'IS', value: two.values[0] })).body.items).toHaveLength(1);
  });

  test('422 says what the database does not take, in its words', async () => {
    const row = await firstRow();
    expect((await update(row, { age: 'old' })).body.detail).toContain('invalid input syntax for type integer');
    expect((await update(row, { name: null })).body.detail).toContain('not-null');
    expect((await insert({ name: 'nobody' })).body.detail).toContain('guest_name_check');
    expect((await insert({ name: 'x', nothing: '1' })).body.detail).toContain('no column nothing');
    expect((await insert({ id: '7', name: 'x' })).status).toBe(422);
    const body = { kind: 'PREVIEW', table: 'plain', key: {}, version: '1', values: { word: 'x' } };
    const keyless = await ada.call('PATCH', `/api/projects/${project.id}/data/rows`, { body });
    expect(keyless.body.detail).toContain('no primary key');
  });
});

describe('a table of odd names and types', () => {
  const odd = `Žluťoučký "kůň"; drop table guest; --`;
  const place = { kind: 'PREVIEW' as const, table: odd };
  const add = (values: object) =>
    ada.call('POST', `/api/projects/${project.id}/data/rows`, { body: { ...place, values } });
  beforeAll(async () => {
    const quoted = `"${odd.replaceAll('"', '""')}"`;
    expect((await run(`create type "Mood's" as enum ('ok', 'so so')`, true)).status).toBe(200);
    const columns = `"k""1" varchar(3), k2 char(4), mood "Mood's", tags text[], price numeric(6,2), at timestamptz`;
    expect((await run(`create table ${quoted} (${columns}, primary key ("k""1", k2))`, true)).status).toBe(200);
  });

  test('is read, changed and saved as any other', async () => {
    const values = {
      'k"1': 'abc',
      k2: 'x',
      mood: 'so so',
      tags: '{a,"b c"}',
      price: '-12.50',
      at: '2026-03-29 12:00Z',
    };
    expect((await add(values)).status).toBe(204);
    const { version, values: read } = (await rows({ table: odd })).body.items[0];
    expect(read.slice(0, 5)).toEqual(['abc', 'x', 'so so', '{a,"b c"}', '-12.50']);
    const key = { 'k"1': 'abc', k2: 'x' };
    const body = { ...place, key, version, values: { mood: null, price: '1' } };
    expect((await ada.call('PATCH', `/api/projects/${project.id}/data/rows`, { body })).status).toBe(204);
    expect((await rows({ table: odd, filterColumn: 'k"1', value: 'ABC' })).body.items[0].values[4]).toBe('1.00');
    const file = await ada.call(
      'GET',
      `/api/projects/${project.id}/data/table.csv?${new URLSearchParams({ kind: 'PREVIEW', table: odd })}`,
    );
    expect(file.body).toContain('"abc","x   ",,"{a,""b c""}",1.00,');
  });

  test('refuses what is too long or no such thing, and cuts nothing in silence', async () => {
    expect((await add({ 'k"1': 'abcd', k2: 'y' })).body.detail).toContain('too long');
    expect((await add({ 'k"1': 'a', k2: 'abcde' })).body.detail).toContain('too long');
    expect((await add({ 'k"1': 'a', k2: 'y', mood: 'bad' })).body.detail).toContain('enum');
    expect((await rows({ table: odd })).body.items).toHaveLength(1);
    expect((await rows({})).status).toBe(200);
  });
});

describe('SQL', () => {
  test('is read-only unless that is asked for', async () => {
    const { body } = await run('select name, age from guest where age < 3 order by id');
    expect(body).toMatchObject({
      columns: [
        { name: 'name', type: 'text' },
        { name: 'age', type: 'integer' },
      ],
      truncated: false,
      command: 'SELECT',
    });
    const refused = [
      'delete from guest',
      'drop table guest',
      `do $$ begin set transaction read write; delete from guest; end $$`,
      'create table t ()',
      `select nextval('guest_id_seq')`,
    ];
    for (const sql of refused) expect((await run(sql)).body.detail, sql).toMatch(/read-only|before any query/);
    await run('set transaction read write');
    await run('commit');
    expect((await rows({ limit: '100' })).body.items).toHaveLength(100);
    expect((await run(`update guest set vip = true where age = 5`, true)).body).toMatchObject({
      command: 'UPDATE',
      affected: 1,
    });
    expect((await run(`select vip from guest where age = 5`)).body.rows).toEqual([['true']]);
  });

  test('takes one statement, bounds what comes, and shows where it is wrong', async () => {
    expect((await run('select 1; select 2')).body.detail).toContain('multiple commands');
    expect((await run('select * from guset')).body.detail).toContain('at character 15');
    const many = (await run('select n from generate_series(1, 5000) n')).body;
    expect(many.rows).toHaveLength(1000);
    expect(many.truncated).toBe(true);
    expect((await run(`select repeat('x', 100000000)`)).body).toMatchObject({ code: 'data_too_large' });
    expect((await run('copy guest to stdout')).body.detail).toContain('CSV');
    expect((await run('/* a */ -- b\n COPY guest to stdout')).status).toBe(422);
    expect((await ada.call(dataRoutes.runDataQuery, { ...params(), body: { kind: 'PREVIEW', sql: ' ' } })).status).toBe(
      400,
    );
  });

  // PostgreSQL drops empty statements, nests comments and ends a line where we do not look for it.
  const HIDDEN_COPIES = [';', '/* /* */ */ ', '--x\r', ';;/* a */;'];

  test.each(HIDDEN_COPIES)('refuses a COPY behind “%s”, which ends nothing but its own call', async (before) => {
    await run('create table if not exists filled (n int)', true);
    await run('insert into filled select generate_series(1, 1000)', true);
    expect((await run(`${before}copy filled to stdout`)).status).toBe(422);
    expect((await run(`${before}copy filled from stdin`, true)).status).toBe(422);
    expect((await run(`${before}copy filled to stdout`, true)).status).toBe(422);
    const csv = { ...params(), body: { kind: 'PREVIEW' as const, sql: `${before}copy filled to stdout` } };
    expect((await ada.call(dataRoutes.exportDataQuery, csv)).status).toBe(422);
    expect((await run('select 1')).status).toBe(200);
  });

  test('is ended when it takes too long, also when it does not mind being cancelled', async () => {
    await run(
      `create function forever() returns int language plpgsql as $$ begin
      perform set_config('statement_timeout', '0', false);
      begin perform pg_sleep(3600); exception when query_canceled then perform pg_sleep(3600); end; return 1; end $$`,
      true,
    );
    const begun = Date.now();
    expect((await run('select forever()')).body.detail).toContain('too long');
    expect(Date.now() - begun).toBeLessThan(20_000);
    await vi.waitUntil(async () => (await ours()).length === 0);
  });

  test('reaches nothing but its own schema', async () => {
    const ben = await rig.person();
    const other = await ben.create('Other');
    await ben.released(other, 'PREVIEW', 'ACTIVE');
    const theirs = schemaName({ tenantId: ben.tenantId, slug: other.slug }, 'preview');
    await admin.query(`set role "${theirs}"; create table "${theirs}".secret (word text); reset role`);
    const attempts = [
      `select * from "${theirs}".secret`,
      `insert into "${theirs}".secret values ('mine')`,
      `create table "${theirs}".mine ()`,
      `set role "${theirs}"`,
      'set role talkide_admin',
      'select * from pg_authid',
      'select * from dataplane_auth.dataplane_auth_credentials',
      `select pg_read_file('/etc/passwd')`,
      `select lo_import('/etc/passwd')`,
      `copy plain from program 'id'`,
      'create extension dblink',
      'create role mine',
      `select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user and pid is not null`,
      `alter role "${schema}" connection limit 100`,
      'create database mine',
    ];
    for (const sql of attempts) expect((await run(sql, true)).status, sql).toBe(422);
  });

  test('429 for a third at the same time', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => run('select pg_sleep(0.5)')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect((await run('select 1')).status).toBe(200);
  });

  test('429 when the application has used up its connections; one of ours is ended all the same at its deadline', async () => {
    const login = await rig.hosting.dataLogin(await hostedProject(), 'PREVIEW');
    const { rows: used } = await admin.query(`select from pg_stat_activity where usename = $1`, [schema]);
    const others = Array.from({ length: 9 - used.length }, () => new Client(login?.config));
    onTestFinished(async () => void (await Promise.all(others.map((other) => other.end()))));
    for (const other of others) await other.connect();
    const running = run('select forever()');
    await vi.waitUntil(async () => (await ours()).length === 1);
    const answer = await run('select 1');
    expect(answer).toMatchObject({ status: 429, body: { code: 'data_busy' } });
    expect((await running).body.detail).toContain('too long');
    await vi.waitUntil(async () => (await ours()).length === 0);
  });

  test('may end connections of the application, which comes back by itself, and of nobody else', async () => {
    const own = `select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()`;
    expect((await run(own)).status).toBe(200);
    const { rows: theirs } = await admin.query('select pg_backend_pid() as pid');
    expect((await run(`select pg_terminate_backend(${theirs[0].pid})`)).status).toBe(422);
  });
});

describe('changes that people made', () => {
  const changes = (who = ada) =>
    who.call(dataRoutes.listDataChanges, { ...params(), query: { kind: 'PREVIEW' as const } });

  test('are kept with who, what and where, without values; what was refused is not among them', async () => {
    const before = (await changes()).body.items.length;
    await run(`select 'only read'`);
    await run(`update guest set name = null`, true);
    await ada.call('POST', `/api/projects/${project.id}/data/rows`, { body: { ...at, values: { name: 'nobody' } } });
    expect((await changes()).body.items).toHaveLength(before);
    await run(`update guest set notes = '"whispered"' where age between 50 and 59`, true);
    await ada.call('POST', `/api/projects/${project.id}/data/rows`, { body: { ...at, values: { name: 'whispered' } } });
    const { status, body } = await changes();
    expect(status).toBe(200);
    expect(body.items).toHaveLength(before + 2);
    expect(body.items.slice(0, 2)).toMatchObject([
      { command: 'INSERT', table: 'guest', rows: 1 },
      { command: 'UPDATE', table: null, rows: 10 },
    ]);
    expect(JSON.stringify(body)).not.toContain('whispered');
    await run(`delete from guest where name = 'whispered'`, true);
  });

  test('are not made where they cannot be written down', async () => {
    const owner = new Client({ connectionString: adminUrl });
    await owner.connect();
    onTestFinished(() => owner.end());
    await owner.query(`alter table data_change add constraint broken check (command <> 'DELETE') not valid`);
    const failed = await run('delete from visit', true);
    expect(failed).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(failed.body)).not.toMatch(/broken|data_change/);
    await owner.query('alter table data_change drop constraint broken');
    expect((await rows({ table: 'visit' })).body.items).toHaveLength(2);
  });

  test("404 for another's project", async () => {
    expect((await changes(await rig.person())).status).toBe(404);
  });
});

test('a table leaves as CSV; numbers stay numbers and nothing is a formula', async () => {
  const csv = (table: string) =>
    ada.call('GET', `/api/projects/${project.id}/data/table.csv?kind=PREVIEW&table=${table}`);
  await run(`update guest set age = -5 where name = 'Guest 7'`, true);
  const { status, body: text, headers } = await csv('guest');
  expect(status).toBe(200);
  expect(headers['content-disposition']).toContain('guest.csv');
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('"id","name","age","born","vip","notes","Odd ""name"""');
  expect(lines).toHaveLength(121);
  expect(text).toContain('7,"Guest 7",-5,,false,"{""n"": 1}",');
  expect((await csv('plain')).body).toBe('"word"\r\n"\'=1+1"\r\n\r\n');
  expect((await csv('nowhere')).status).toBe(404);
});

describe('what a statement reads leaves as CSV', () => {
  const csv = (statement: string, who = ada) =>
    who.call('POST', `/api/projects/${project.id}/data/query.csv`, { body: { kind: 'PREVIEW', sql: statement } });

  test('to its last row, and changes nothing', async () => {
    const {
      status,
      body: text,
      headers,
    } = await csv(`select -n as "low, low", '-' || n as word from generate_series(1, 20000) n`);
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/csv');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(20_001);
    expect([lines[0], lines[1], lines.at(-1)]).toEqual(['"low, low","word"', `-1,"'-1"`, `-20000,"'-20000"`]);
    expect((await csv('delete from guest returning id')).body.detail).toContain('read-only');
    expect((await csv('select 1 where false')).body).toBe('"?column?"\r\n');
  });

  test('422 says what is wrong before the first line; long rows come a few at a time', async () => {
    expect((await csv('select * from guset')).body.detail).toContain('at character 15');
    expect((await csv('copy guest to stdout')).status).toBe(422);
    expect((await csv(`select repeat('x', 100000000)`)).body.code).toBe('data_too_large');
    const long = await csv(`select repeat('x', 1000000) from generate_series(1, 60)`);
    expect(long.status).toBe(200);
    expect(long.body).toHaveLength(60 * 1_000_004 + 8 + 2);
    expect((await csv(' ')).status).toBe(400);
    expect((await csv('select 1', await rig.person())).status).toBe(404);
  });
});
