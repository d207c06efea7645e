import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Project, versionRoutes } from '@talkide/contracts';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../../testing/index.ts';
import { schemaName } from '../data-plane.ts';
import { hostedRig, type Person, postgresToolFolders } from '../testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
/** Empty until a test installs the tools. */
const toolFolders: string[] = [];
const rig = await hostedRig({ db, dataPlane, changes: () => ({ toolFolders }) });
const admin = new Client({ connectionString: dataPlane.adminUrl });
await admin.connect();
afterAll(() => admin.end());
const installTools = () => toolFolders.splice(0, Infinity, ...postgresToolFolders);

const ENTRIES = `import type { FastifyInstance } from 'fastify';
import { sql } from '../db.ts';
export default async function entries(app: FastifyInstance): Promise<void> {
  app.get('/api/entries', async () => sql\`select name, note from entry order by name, note\`);
}
`;
const TABLE = 'create table entry (name text, note text);\n';
const publish = (ada: Person, project: Project, body: object = {}) =>
  ada.call('POST', `/api/projects/${project.id}/publish`, { body });
const plan = (who: Person, project: Project, query = {}) =>
  who.call(versionRoutes.publishPlan, { params: { id: project.id }, query });
const live = (ada: Person, project: Project) => schemaName({ tenantId: ada.tenantId, slug: project.slug }, 'prod');
const entries = async (project: Project) => {
  const { status, body } = await rig.visit(project.publicUrl, '/api/entries');
  return status === 200 ? JSON.parse(body) : status;
};
const backups = (project: Project) => join(rig.home, 'backups', project.id);

/** A published project with a table and twice the same name in it. */
async function withEntries(name: string) {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.edit(project, 'server/routes/entries.ts', ENTRIES);
  const routes = await readFile('stacks/typescript-fastify-vue/template/server/routes/index.ts', 'utf8');
  await ada.edit(project, 'server/routes/index.ts', `${routes}export { default as entries } from './entries.ts';\n`);
  await ada.edit(project, 'migrations/0002_entry.sql', TABLE);
  await ada.released(project, 'PREVIEW', 'ACTIVE', 4);
  await publish(ada, project);
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 4);
  await admin.query(`insert into "${live(ada, project)}".entry values ('Ada', 'first'), ('Ada', 'second')`);
  return { ada, project };
}
const before = [
  { name: 'Ada', note: 'first' },
  { name: 'Ada', note: 'second' },
];

async function previewed(ada: Person, project: Project, version: number, sql: string) {
  await ada.edit(project, `migrations/000${version}_next.sql`, sql);
  await ada.released(project, 'PREVIEW', 'ACTIVE', version);
}

test('without the tools, publish asks to go on without a backup, only when there are migrations', async () => {
  const { ada, project } = await withEntries('Without tools');
  expect(await publish(ada, project)).toMatchObject({ status: 202 });
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 4);
  await previewed(ada, project, 5, 'alter table entry add column extra int;\n');
  expect(await plan(ada, project)).toMatchObject({ status: 200, body: { backup: 'UNAVAILABLE', versionNumber: 5 } });
  expect(await publish(ada, project)).toMatchObject({ status: 409, body: { code: 'backup_unavailable' } });
  expect(await publish(ada, project, { withoutBackup: true })).toMatchObject({ status: 202 });
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 5);
  expect(await entries(project)).toEqual(before);
});

test('the plan shows the migrations that live has not run, with their SQL and risks', async () => {
  installTools();
  const { ada, project } = await withEntries('Planned');
  expect((await plan(ada, project)).body).toMatchObject({ versionNumber: 4, migrations: [] });
  const sql = '-- drop table x\nalter table entry drop column note;\n';
  await previewed(ada, project, 5, sql);
  expect((await plan(ada, project)).body).toEqual({
    versionNumber: 5,
    isKnown: true,
    backup: 'MADE',
    migrations: [{ name: '0005_next.sql', sql, truncated: false, risks: ['DROPS'] }],
  });
  expect((await plan(ada, project, { versionNumber: 4 })).body).toMatchObject({ versionNumber: 4, migrations: [] });
  expect(await plan(ada, project, { versionNumber: 9 })).toMatchObject({
    status: 409,
    body: { code: 'nothing_to_publish' },
  });
  expect((await plan(ada, project, { versionNumber: 0 })).status).toBe(400);
  expect((await plan(await rig.person(), project)).status).toBe(404);
});

test('the first publish has nothing to back up', async () => {
  const ada = await rig.person();
  const project = await ada.create('First');
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  expect((await plan(ada, project)).body).toMatchObject({
    backup: 'NOT_NEEDED',
    migrations: [{ name: '0001_init.sql', risks: [] }],
  });
});

test('a backup is made before the release starts, for nobody else to read, and the last five stay', async () => {
  const { ada, project } = await withEntries('Backed up');
  for (const version of [5, 6, 7, 8, 9, 10]) {
    await previewed(ada, project, version, `create table made${version} ();\n`);
    await publish(ada, project);
    await ada.released(project, 'PUBLISHED', 'ACTIVE', version);
  }
  const files = await readdir(backups(project));
  expect(files).toHaveLength(5);
  for (const file of files) expect((await stat(join(backups(project), file))).mode & 0o777).toBe(0o600);
  expect((await stat(backups(project))).mode & 0o777).toBe(0o700);
  await ada.call('POST', `/api/projects/${project.id}/archive`);
  expect((await ada.call('DELETE', `/api/projects/${project.id}`)).status).toBe(204);
  expect(await readdir(backups(project)).catch(() => 'gone')).toBe('gone');
});

test('a migration that fails in its transaction leaves live as it was, and the person reads why', async () => {
  const { ada, project } = await withEntries('Fails');
  await previewed(ada, project, 5, 'delete from entry where false; create unique index on entry (name);\n');
  expect((await publish(ada, project)).status).toBe(202);
  const { error } = await ada.released(project, 'PUBLISHED', 'FAILED', 5);
  expect(error).toContain('migrations/0005_next.sql');
  expect(error).toContain('The database is as it was before.');
  expect(await entries(project)).toEqual(before);
});

test('a migration that fails half way is undone from the backup, data too, and the old release goes on', async () => {
  const { ada, project } = await withEntries('Half way');
  await previewed(
    ada,
    project,
    5,
    "update entry set note = 'broken'; alter table entry add extra int; commit; create unique index on entry (name);\n",
  );
  await publish(ada, project);
  const { error } = await ada.released(project, 'PUBLISHED', 'FAILED', 5);
  expect(error).toContain('put back to the backup');
  expect(await entries(project)).toEqual(before);
  const { rows } = await admin.query(
    "select column_name from information_schema.columns where table_schema = $1 and table_name = 'entry'",
    [live(ada, project)],
  );
  expect(rows.map((row) => row.column_name)).toEqual(['name', 'note']);
  expect((await admin.query("select from pg_namespace where nspname like 'tk_old%'")).rowCount).toBe(0);
  // What was there when it failed is kept, too.
  expect((await readdir(backups(project))).map((file) => file.replace(/^\d+-/, '')).sort()).toEqual([
    'before.dump',
    'failed.dump',
  ]);
  // The application's role may go on as before, and the mended version publishes.
  await ada.edit(project, 'migrations/0005_next.sql', 'alter table entry add extra int;\n');
  const { versionNumber } = (await ada.call('GET', `/api/projects/${project.id}/versions`)).body.items[0];
  await expect.poll(async () => (await publish(ada, project, { versionNumber })).status, { timeout: 30_000 }).toBe(202);
  await ada.released(project, 'PUBLISHED', 'ACTIVE', versionNumber);
  expect(await entries(project)).toEqual(before);
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
