import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Project, projectRoutes, type VersionSettings, versionRoutes } from '@talkide/contracts';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../../testing/index.ts';
import { schemaName } from '../data-plane.ts';
import { eventually, hostedRig, type Person } from '../testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const limits = { bytes: 2e6, count: 3, totalBytes: 4e6 };
const rig = await hostedRig({ db, dataPlane, changes: () => ({ checkpointLimits: limits }) });
const admin = new Client({ connectionString: dataPlane.adminUrl });
await admin.connect();
afterAll(() => admin.end());

const ENTRIES = `import type { FastifyInstance } from 'fastify';
import { sql } from '../db.ts';
export default async function entries(app: FastifyInstance): Promise<void> {
  app.get('/api/entries', async () => (await sql\`select * from entry order by name\`).map((one) => Object.values(one).join(' ')));
}
`;
const schema = (ada: Person, project: Project, env: 'preview' | 'prod' = 'preview') =>
  schemaName({ tenantId: ada.tenantId, slug: project.slug }, env);
const entries = (url: string) =>
  eventually(async () => {
    const { status, body } = await rig.visit(url, '/api/entries');
    return status === 200 && (JSON.parse(body) as string[]);
  });
const write = (ada: Person, project: Project, sql: string) =>
  admin.query(`set search_path = "${schema(ada, project)}"; ${sql}; reset search_path`);
const restore = (who: Person, project: Project, number: number, withData = true) =>
  who.call(versionRoutes.restoreVersion, { params: { id: project.id, number }, body: { withData } });
const versions = async (who: Person, project: Project) =>
  (await who.call(versionRoutes.listVersions, { params: { id: project.id } })).body.items;
const version = async (who: Person, project: Project, number: number) => {
  const found = (await versions(who, project)).find((one) => one.versionNumber === number);
  if (!found) throw new Error(`no version ${number}`);
  return found;
};
const dumps = (project: Project) => readdir(join(rig.home, 'objects', 'checkpoints', project.id)).catch(() => []);
const previewed = (ada: Person, project: Project, number: number) => ada.released(project, 'PREVIEW', 'ACTIVE', number);

/** A project whose version 4 previews a table with one row. */
async function withEntries(name: string) {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.edit(project, 'server/routes/entries.ts', ENTRIES);
  const routes = await readFile('stacks/typescript-fastify-vue/template/server/routes/index.ts', 'utf8');
  await ada.edit(project, 'server/routes/index.ts', `${routes}export { default as entries } from './entries.ts';\n`);
  await ada.edit(project, 'migrations/0002_entry.sql', 'create table entry (name text);\n');
  await previewed(ada, project, 4);
  await write(ada, project, "insert into entry values ('Ada')");
  return { ada, project };
}

test('a version keeps the data of its last moment and goes back with it, its migrations too', async () => {
  const { ada, project } = await withEntries('Back and forth');
  expect((await version(ada, project, 4)).checkpoint).toBeNull();
  await ada.edit(
    project,
    'migrations/0003_age.sql',
    "alter table entry add age int; update entry set name = 'Old ' || name;\n",
  );
  await previewed(ada, project, 5);
  expect((await version(ada, project, 4)).checkpoint).toMatchObject({ status: 'KEPT' });
  await write(ada, project, "insert into entry values ('Bob', 7)");
  await ada.call(versionRoutes.publish, { params: { id: project.id }, body: {} });
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 5);
  await admin.query(`insert into "${schema(ada, project, 'prod')}".entry values ('Visitor', 1)`);

  expect(await restore(ada, project, 4)).toMatchObject({
    status: 201,
    body: { versionNumber: 6, restoredFrom: 4, source: 'RESTORE', dataStatus: 'PENDING' },
  });
  await previewed(ada, project, 6);
  expect(await entries(project.previewUrl)).toEqual(['Ada']);
  expect(await version(ada, project, 6)).toMatchObject({ dataStatus: 'DONE', checkpoint: null, status: 'APPLIED' });
  expect((await version(ada, project, 5)).checkpoint).toMatchObject({ status: 'KEPT' });

  await write(ada, project, "insert into entry values ('Cyd')");
  await restore(ada, project, 5);
  await previewed(ada, project, 7);
  expect(await entries(project.previewUrl)).toEqual(['Bob 7', 'Old Ada ']);
  await restore(ada, project, 6);
  await previewed(ada, project, 8);
  expect(await entries(project.previewUrl)).toEqual(['Ada', 'Cyd']);
  // What is public is another database.
  expect(await entries(project.publicUrl)).toEqual(['Visitor 1']);
});

test('with the code alone the data stays', async () => {
  const { ada, project } = await withEntries('Code alone');
  await ada.edit(project, 'README.md', 'Changed');
  await previewed(ada, project, 5);
  await write(ada, project, "insert into entry values ('Bob')");
  expect(await restore(ada, project, 4, false)).toMatchObject({ status: 201, body: { dataStatus: null } });
  await previewed(ada, project, 6);
  expect(await entries(project.previewUrl)).toEqual(['Ada', 'Bob']);
});

test('versions between which nothing changed share a dump, and the oldest dumps give way', async () => {
  const { ada, project } = await withEntries('Shared');
  for (const number of [5, 6]) {
    await ada.edit(project, 'README.md', `${number}`);
    await previewed(ada, project, number);
  }
  const kept = (await versions(ada, project)).slice(1, 3).map((one) => one.checkpoint);
  expect(kept[0]).toMatchObject({ status: 'KEPT' });
  expect(kept[0]).toEqual(kept[1]);
  const made = (await dumps(project)).length;
  for (const number of [7, 8, 9]) {
    const sql = [
      "insert into entry values ('Bob')",
      "update entry set name = 'Cyd' where name = 'Bob'",
      'delete from entry',
    ];
    await write(ada, project, sql[number - 7] ?? '');
    await ada.edit(project, 'README.md', `${number}`);
    await previewed(ada, project, number);
  }
  expect(made).toBeLessThanOrEqual(limits.count);
  expect(await dumps(project)).toHaveLength(limits.count);
  expect((await version(ada, project, 4)).checkpoint).toMatchObject({ status: 'COLLECTED' });
  expect(await restore(ada, project, 4)).toMatchObject({ status: 409, body: { code: 'data_not_kept' } });
  await ada.call(projectRoutes.archiveProject, { params: { id: project.id } });
  expect((await ada.call(projectRoutes.deleteProject, { params: { id: project.id } })).status).toBe(204);
  expect(await dumps(project)).toEqual([]);
});

test('nobody goes back to a version of somebody else', async () => {
  const { ada, project } = await withEntries('Mine');
  await ada.edit(project, 'README.md', 'Changed');
  await previewed(ada, project, 5);
  expect((await restore(await rig.person(), project, 4)).status).toBe(404);
  expect((await restore(ada, project, 9)).status).toBe(404);
});

test('data that is too large is not kept, which hinders no version, and never replaced', async () => {
  const { ada, project } = await withEntries('Large');
  await ada.edit(project, 'README.md', '5');
  await previewed(ada, project, 5);
  await write(ada, project, 'insert into entry select repeat(md5(n::text), 20) from generate_series(1, 4000) as n');
  expect((await restore(ada, project, 4)).status).toBe(201);
  await eventually(async () => (await version(ada, project, 6)).status === 'FAILED');
  expect(await version(ada, project, 6)).toMatchObject({ dataStatus: 'FAILED' });
  expect(rig.dataProblems).toEqual(['data_too_large']);
  expect((await ada.released(project, 'PREVIEW', 'FAILED', 6)).error).toContain('too large to be kept');
  expect(await entries(project.previewUrl)).toHaveLength(4001);
  await ada.edit(project, 'README.md', '7');
  await previewed(ada, project, 7);
  expect((await version(ada, project, 6)).checkpoint).toMatchObject({ status: 'TOO_LARGE' });
});

test('a dump that is gone leaves the data and the preview as they were', async () => {
  const { ada, project } = await withEntries('Lost');
  await ada.edit(project, 'README.md', '5');
  await previewed(ada, project, 5);
  await write(ada, project, "insert into entry values ('Bob')");
  await rm(join(rig.home, 'objects', 'checkpoints', project.id), { recursive: true });
  expect((await restore(ada, project, 4)).status).toBe(201);
  await eventually(async () => (await version(ada, project, 6)).status === 'FAILED');
  expect(await entries(project.previewUrl)).toEqual(['Ada', 'Bob']);
  expect(rig.dataProblems).toContain('data_gone');
  expect((await admin.query("select from pg_namespace where nspname like 'tk_aside%'")).rowCount).toBe(0);
});

test('settings come back with the data, variables do not', async () => {
  const { ada, project } = await withEntries('First name');
  await ada.edit(project, 'README.md', '5');
  await previewed(ada, project, 5);
  const { body, headers } = await ada.call(projectRoutes.getProject, { params: { id: project.id } });
  const etag = headers.etag as string;
  await ada.call(projectRoutes.updateProject, {
    params: { id: project.id },
    body: { name: 'Second name' },
    headers: { 'if-match': etag },
  });
  expect(body.name).toBe('First name');
  expect((await version(ada, project, 4)).settings).toMatchObject({
    name: 'First name',
  } satisfies Partial<VersionSettings>);
  await restore(ada, project, 4);
  await previewed(ada, project, 6);
  expect((await ada.call(projectRoutes.getProject, { params: { id: project.id } })).body.name).toBe('First name');
});

test('nothing went wrong behind the scenes but what a test broke', () => {
  expect(rig.errors.map(String).filter((one) => !one.includes('Error: checkpoints/'))).toEqual([]);
});
