import { Agent } from 'node:http';
import type { Project } from '@talkide/contracts';
import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { schemaName } from './data-plane.ts';
import { eventually, hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });
const admin = new Client({ connectionString: dataPlane.adminUrl });
await admin.connect();
afterAll(() => admin.end());

const change = (who: Person, project: Project, slug: string) =>
  who.call('PUT', `/api/projects/${project.id}/slug`, { body: { slug } });
const schemas = async (ada: Person) =>
  (
    await admin.query<{ name: string }>(`select nspname as name from pg_namespace where nspname like $1 order by 1`, [
      `tk_t${ada.tenantId}_p%`,
    ])
  ).rows.map(({ name }) => name);

async function published(name: string) {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  await ada.call('POST', `/api/projects/${project.id}/publish`, { body: {} });
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
  return { ada, project };
}

/** Asks an address all the time, from its first answer on, until it is stopped; the statuses that came. */
async function load(address: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const statuses = new Set<number>();
  let going = true;
  const ask = async () => {
    while (going) statuses.add((await rig.visit(address, '/api/health?a=1', agent)).status);
  };
  const askers = [ask(), ask(), ask(), ask()];
  await eventually(async () => statuses.size > 0);
  return async () => {
    going = false;
    await Promise.all(askers);
    agent.destroy();
    return [...statuses].sort();
  };
}

describe('another address', () => {
  test('is taken under requests: the old one leads to it with path and query, the data stays', async () => {
    const { ada, project } = await published('Moved');
    const before = await schemas(ada);
    await admin.query(`create table "${before.find((name) => name.endsWith('prod'))}".kept ()`);
    const stop = await load(project.publicUrl);
    const answer = await change(ada, project, 'moved-away');
    expect(answer).toMatchObject({ status: 200, body: { slug: 'moved-away', status: 'LIVE' } });
    const moved: Project = answer.body;
    expect(moved.url).toBe(moved.publicUrl);
    await eventually(async () => (await rig.visit(project.publicUrl)).status === 308);
    // It learns its new address by a restart.
    await eventually(
      async () => JSON.parse((await rig.visit(moved.publicUrl, '/api/app')).body).url === moved.publicUrl,
    );
    expect(await stop()).toEqual([200, 308]);
    const old = await rig.visit(project.publicUrl, '/a//b?c=%20d&e');
    expect(old).toMatchObject({ status: 308, headers: { location: `${moved.publicUrl}/a//b?c=%20d&e` } });
    expect((await rig.visit(project.publicUrl, '//evil.example')).headers.location).toBe(
      `${moved.publicUrl}//evil.example`,
    );
    expect(await schemas(ada)).toEqual(before);
    expect((await rig.visit(moved.previewUrl)).status).toBe(200);
  });

  test('leads on over two changes, and back home', async () => {
    const { ada, project } = await published('Twice moved');
    await change(ada, project, 'twice-b');
    const last: Project = (await change(ada, project, 'twice-c')).body;
    for (const old of [project.slug, 'twice-b']) {
      const address = last.publicUrl.replace('twice-c', old);
      await eventually(async () => (await rig.visit(address, '/x')).headers.location === `${last.publicUrl}/x`);
    }
    expect((await change(ada, project, project.slug)).status).toBe(200);
    await eventually(async () => (await rig.visit(project.publicUrl)).status === 200);
    expect((await rig.visit(last.publicUrl, '/')).headers.location).toBe(`${project.publicUrl}/`);
  });

  test('the old one is free after its time; whoever takes it has data of their own, and deleting that leaves the rest', async () => {
    const { ada, project } = await published('Free again');
    const others = (await rig.person()).call;
    const take = () => others('POST', '/api/projects', { body: { name: 'Thief', slug: project.slug } });
    await change(ada, project, 'free-moved');
    expect(await take()).toMatchObject({ status: 409, body: { code: 'slug_taken' } });
    await db.system((tx) =>
      tx
        .updateTable('slug_redirect')
        .set({ reserved_until: new Date(0) })
        .where('slug', '=', project.slug)
        .execute(),
    );
    await eventually(async () => (await rig.visit(project.publicUrl)).status === 308);
    // The same tenant takes it: its data must not meet the data that was made under this name.
    const second = (await ada.call('POST', '/api/projects', { body: { name: 'Second', slug: project.slug } })).body;
    await ada.released(second, 'PREVIEW', 'ACTIVE');
    expect((await rig.visit(second.publicUrl)).status).toBe(404);
    expect(await schemas(ada)).toHaveLength(3);
    await ada.call('POST', `/api/projects/${second.id}/archive`);
    expect((await ada.call('DELETE', `/api/projects/${second.id}`)).status).toBe(204);
    const app = { tenantId: ada.tenantId, slug: project.slug };
    expect(await schemas(ada)).toEqual([schemaName(app, 'preview'), schemaName(app, 'prod')]);
  });

  test('nobody else can change it, and what cannot be one is refused', async () => {
    const { ada, project } = await published('Refused address');
    const taken = await (await rig.person()).create('Taken address');
    expect((await change(await rig.person(), project, 'mine-now')).status).toBe(404);
    expect(await change(ada, project, taken.slug)).toMatchObject({ status: 409, body: { code: 'slug_taken' } });
    expect(await change(ada, project, 'www')).toMatchObject({ body: { code: 'slug_reserved' } });
    expect(await change(ada, project, 'no label!')).toMatchObject({ body: { code: 'slug_invalid' } });
    expect((await change(ada, project, 'x'.repeat(64))).status).toBe(400);
    expect(await change(ada, project, project.slug)).toMatchObject({ status: 200, body: { slug: project.slug } });
    expect((await rig.visit(project.publicUrl)).status).toBe(200);
  });
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
