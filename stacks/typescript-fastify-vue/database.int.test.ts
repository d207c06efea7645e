import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAccount } from '../../apps/server/src/platform/db/index.ts';
import { testDataPlane } from '../../apps/server/src/testing/index.ts';
import { addGuestBook, installPackages, makeTree, manifest, remove, runIn, startApp, stopApp } from './testing.ts';

const { adminUrl } = await testDataPlane();
const role = `guests_${process.pid}`;
const env = { DATABASE_URL: withAccount(adminUrl, role, encodeURIComponent('s3/cr%t')) };
const admin = new Client({ connectionString: adminUrl });
let tree: string;

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create role ${role} login password 's3/cr%t'`);
  await admin.query(`create schema ${role} authorization ${role}`);
  const { rows } = await admin.query('select current_database() as name');
  await admin.query(`grant connect on database ${rows[0].name} to ${role}`);
  await admin.query(`alter role ${role} in database ${rows[0].name} set search_path = ${role}`);
  tree = await makeTree(await mkdtemp(join(tmpdir(), 'stack-')), await installPackages());
  await addGuestBook(tree);
  expect(await runIn(tree, manifest.commands.build)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await admin.query(`drop schema if exists ${role} cascade`);
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
  await remove(tree);
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

it('two copies that start at once run each migration once', async () => {
  const copies = await Promise.all([startApp(tree, env), startApp(tree, env)]);
  const { rows } = await admin.query(`select name from ${role}.app_migration order by name`);
  expect(rows).toEqual([{ name: '0001_init.sql' }, { name: '0002_entry.sql' }]);
  expect(await Promise.all(copies.map(stopApp))).toEqual([0, 0]);
});

it('keeps what was written over a restart, and says what is wrong with bad input', async () => {
  const app = await startApp(tree, env);
  expect(
    (await post(`${app.url}/api/entries`, { name: ' Ada ', message: "Robert'); drop table entry;--" })).status,
  ).toBe(201);
  const refused = await post(`${app.url}/api/entries`, { name: '' });
  expect(refused.status).toBe(400);
  const fields = { name: 'Please fill this in.', message: 'Please fill this in.' };
  expect(await refused.json()).toMatchObject({ fields });
  expect((await fetch(`${app.url}/api/entries/x`, { method: 'DELETE' })).status).toBe(404);
  await stopApp(app);
  const again = await startApp(tree, env);
  const entries = await (await fetch(`${again.url}/api/entries`)).json();
  expect(entries).toMatchObject([
    { name: 'Ada', message: "Robert'); drop table entry;--", createdAt: expect.any(String) },
  ]);
  await stopApp(again);
});

it('refuses to start on a migration that fails or was edited, and changes nothing', async () => {
  const third = join(tree, 'migrations/0003_mood.sql');
  await writeFile(third, 'create table mood (id int);\ninsert into nowhere values (1);\n');
  await expect(startApp(tree, env)).rejects.toThrow('migrations/0003_mood.sql: relation "nowhere" does not exist');
  const { rows } = await admin.query(`select to_regclass('${role}.mood') as mood`);
  expect(rows).toEqual([{ mood: null }]);
  await writeFile(third, 'create table mood (id int);\n');
  await stopApp(await startApp(tree, env));
  await writeFile(third, 'create table mood (id bigint);\n');
  await expect(startApp(tree, env)).rejects.toThrow('migrations/0003_mood.sql was edited after it ran.');
});
