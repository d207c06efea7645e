import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createFolderStorage } from '../../adapters/storage/index.ts';
import { createSecrets, sha256 } from '../../platform/secrets.ts';
import { createProject, createTenant, testDatabase, testDataPlane } from '../../testing/index.ts';
import { createDataPlane, schemaName } from '../data-plane.ts';
import type { HostedProject } from '../ports.ts';
import { createToolFinder } from '../safety/postgres-tools.ts';
import { postgresToolFolders } from '../testing/hosted.ts';
import { CHECKPOINT_LIMITS, createCheckpoints } from './checkpoints.ts';
import { createDumps } from './dumps.ts';
import { createPreviewDatabase } from './preview-database.ts';

const { db } = await testDatabase();
const { adminUrl } = await testDataPlane();
const options = { adminUrl, database: new URL(adminUrl).pathname.slice(1), secrets: createSecrets('s'.repeat(32)) };
const plane = createDataPlane({ ...options, alone: true });
const previews = createPreviewDatabase(options);
const folder = await mkdtemp(join(tmpdir(), 'talkide-checkpoints-'));
const storage = await createFolderStorage(folder);
const dumps = createDumps({ storage, previews, tools: createToolFinder(postgresToolFolders, async () => 18) });
const admin = new pg.Client({ connectionString: adminUrl });
await admin.connect();
const errors: unknown[] = [];
const told: string[] = [];
const checkpoints = createCheckpoints({
  ...{ db, dumps, previews, limits: CHECKPOINT_LIMITS },
  projects: { versionView: async () => null },
  ready: (app) => plane.ensure(app, 'preview'),
  clearStage: async () => void told.push('cleared'),
  serveAgain: async () => void told.push('serves again'),
  onError: (error) => errors.push(error),
});
afterAll(() => Promise.all([admin.end(), plane.close(), previews.close(), rm(folder, { recursive: true })]));

/** Version 1 had Ada, version 2 has Bob, and version 3 is to bring Ada back. */
async function goingBack(slug: string) {
  const tenant = await createTenant(db, { email: `${slug}@example.com` });
  const { projectId } = await createProject(db, tenant);
  const project = (await db.system((tx) =>
    tx.selectFrom('project').selectAll().where('id', '=', projectId).executeTakeFirstOrThrow(),
  )) as HostedProject;
  const app = { tenantId: tenant.tenantId, slug: project.data_slug };
  await plane.ensure(app, 'preview');
  const schema = schemaName(app, 'preview');
  await admin.query(
    `set role "${schema}"; create table "${schema}".guest (name text); insert into "${schema}".guest values ('Ada'); reset role`,
  );
  const version = (number: number, dataCheckpoint: string | null = null) =>
    db.system((tx) =>
      tx
        .insertInto('project_version')
        .values({
          ...{ tenant_id: tenant.tenantId, project_id: projectId, version_number: number },
          ...{ commit_sha: 'c', tree_sha: 't', source: 'EDIT', data_checkpoint_id: dataCheckpoint },
          data_status: dataCheckpoint === null ? null : 'PENDING',
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  const read = (id: string) =>
    db.system((tx) => tx.selectFrom('project_version').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
  const first = await version(1);
  const second = await version(2);
  await checkpoints.prepare(project, second.id);
  await admin.query(`update "${schema}".guest set name = 'Bob'`);
  const third = await version(3, (await read(first.id)).checkpoint_id);
  const guests = async () =>
    (await admin.query<{ name: string }>(`select name from "${schema}".guest`)).rows.map((row) => row.name);
  const dumpOf = async (id: string) => {
    const { checkpoint_id } = await read(id);
    return db.system((tx) =>
      tx.selectFrom('checkpoint').selectAll().where('id', '=', checkpoint_id).executeTakeFirstOrThrow(),
    );
  };
  return { project, app, schema, second, third, guests, read, dumpOf };
}
const asideOf = (schema: string) => `tk_aside_${sha256(schema).slice(0, 24)}`;

test('killed before anything happened, it goes on', async () => {
  const { project, third, second, guests, read, dumpOf } = await goingBack('before');
  await checkpoints.prepare(project, third.id);
  expect(await guests()).toEqual(['Ada']);
  expect((await read(third.id)).data_status).toBe('DONE');
  expect(await dumpOf(second.id)).toMatchObject({ status: 'KEPT' });
});

test('killed while the old data stood aside, it begins anew and loses none of it', async () => {
  const { project, app, schema, third, second, guests, dumpOf } = await goingBack('aside');
  await admin.query(`alter schema "${schema}" rename to "${asideOf(schema)}"; create schema "${schema}" authorization "${schema}";
    create table "${schema}".half_way ()`);
  await checkpoints.prepare(project, third.id);
  expect(await guests()).toEqual(['Ada']);
  // What was there is in the checkpoint of the version before.
  await previews.exchange(app, 'look', async () => dumps.bringBack(app, (await dumpOf(second.id)).object_key ?? ''));
  expect(await guests()).toEqual(['Bob']);
});

test('killed after the exchange, what came back is not taken for the data of the version before', async () => {
  const { project, app, third, second, guests, read, dumpOf } = await goingBack('after');
  const broken = createCheckpoints({
    ...{ db: { ...db, system: dyingAt(3) }, dumps, previews, limits: CHECKPOINT_LIMITS },
    projects: { versionView: async () => null },
    ready: (one) => plane.ensure(one, 'preview'),
    ...{ clearStage: async () => {}, serveAgain: async () => {}, onError: () => {} },
  });
  await expect(broken.prepare(project, third.id)).rejects.toThrow('killed');
  expect([await guests(), (await read(third.id)).data_status]).toEqual([['Ada'], 'PENDING']);
  const kept = await dumpOf(second.id);
  await checkpoints.prepare(project, third.id);
  expect([await guests(), (await read(third.id)).data_status]).toEqual([['Ada'], 'DONE']);
  expect(await dumpOf(second.id)).toEqual(kept);
  await previews.exchange(app, 'look', () => dumps.bringBack(app, kept.object_key ?? ''));
  expect(await guests()).toEqual(['Bob']);
});

/** A database that is away from its nth transaction after this one on. */
function dyingAt(last: number): typeof db.system {
  let count = 0;
  return (work) => {
    count += 1;
    return count > last ? Promise.reject(new Error('killed')) : db.system(work);
  };
}

test('a build that is given up leaves the data, and the preview serves again', async () => {
  const { project, third, guests, read } = await goingBack('abandoned');
  told.length = 0;
  await checkpoints.abandon(project, third.id);
  expect([await guests(), (await read(third.id)).data_status, told]).toEqual([['Bob'], 'FAILED', ['serves again']]);
});

test('dumps that nothing speaks of are swept after a day', async () => {
  const { app, project } = await goingBack('swept');
  const { key } = await dumps.make(app, project.id, 1e6);
  await checkpoints.sweep();
  expect(await storage.get(key).then((found) => found?.body.destroy() !== undefined)).toBe(true);
  const later = Date.now() + 25 * 3_600_000;
  const isKept = () => storage.get(key).then((found) => found?.body.destroy() !== undefined);
  // Of a database that speaks of none.
  await dumps.sweep(async () => new Set(), later);
  expect(await isKept()).toBe(true);
  const { key: other } = await dumps.make(app, project.id, 1e6);
  await dumps.sweep(async () => new Set([other]), later);
  expect(await isKept()).toBe(false);
});

test('nothing went wrong behind the scenes', () => {
  expect(errors).toEqual([]);
});
