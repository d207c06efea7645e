import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { projectsPlatform, type TestPerson } from './testing/platform.ts';

const { db } = await testDatabase();
const { app, projects, home, calls, person } = await projectsPlatform(db);
await projects.templates();

let ann: TestPerson;
let ben: TestPerson;
let count = 0;
const freshSlug = () => `test-${process.pid}-${++count}`;

beforeEach(async () => {
  [ann, ben] = [await person(), await person()];
  calls.length = 0;
});

async function create(who: TestPerson, body: object = {}): Promise<Project> {
  const answer = await who.call('POST', '/api/projects', { body: { name: 'Guest book', slug: freshSlug(), ...body } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

const eventsOf = (who: TestPerson) =>
  db.tenant(who.tenantId, (tx) => tx.selectFrom('event').select(['type', 'project_id']).orderBy('id').execute());

describe('GET /api/stacks', () => {
  it('lists what applications can be built on', async () => {
    const { status, body } = await ann.call('GET', '/api/stacks');
    expect(status).toBe(200);
    expect(body.items).toContainEqual({
      id: 'typescript-fastify-vue',
      name: 'TypeScript · Fastify · TypeScript · Vue.js',
      backendLanguage: 'TypeScript',
      backendFramework: 'Fastify',
      frontendLanguage: 'TypeScript',
      frontendFramework: 'Vue.js',
    });
  });

  it('asks for a sign-in', async () => {
    expect((await app.inject('/api/stacks')).statusCode).toBe(401);
  });
});

describe('GET /api/slugs', () => {
  it('proposes one for a name, free of what others took', async () => {
    const name = `Kniha hostů ${process.pid}`;
    const slug = `kniha-hostu-${process.pid}`;
    expect((await ann.call('GET', `/api/slugs?name=${encodeURIComponent(name)}`)).body.slug).toBe(slug);
    await create(ben, { slug });
    const { body } = await ann.call('GET', `/api/slugs?name=${encodeURIComponent(name)}`);
    expect(body).toEqual({ slug: `${slug}-2`, available: true, reason: null, suggestion: `${slug}-2` });
  });

  it('says what is wrong with a slug', async () => {
    const look = async (slug: string) => (await ann.call('GET', `/api/slugs?slug=${encodeURIComponent(slug)}`)).body;
    const taken = (await create(ben)).slug;
    expect(await look(taken)).toMatchObject({ available: false, reason: 'taken', suggestion: `${taken}-2` });
    expect(await look('Admin')).toMatchObject({ slug: 'admin', available: false, reason: 'reserved' });
    expect(await look('-my app-')).toMatchObject({ available: false, reason: 'not_a_label', suggestion: 'my-app' });
    const free = freshSlug();
    expect(await look(free)).toMatchObject({ available: true, reason: null, suggestion: free });
  });

  it('refuses a query that is too long', async () => {
    expect((await ann.call('GET', `/api/slugs?slug=${'a'.repeat(201)}`)).status).toBe(400);
  });
});

describe('POST /api/projects', () => {
  it('makes a project with its first version, code and build', async () => {
    const answer = await ann.call('POST', '/api/projects', { body: { name: 'Guest book', description: 'For visits' } });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Guest book',
      description: 'For visits',
      status: 'DRAFT',
      slug: 'guest-book',
      url: null,
      publicUrl: 'http://guest-book.localhost:9090',
      currentVersion: 1,
      publishedVersion: null,
      working: false,
      stack: { id: 'typescript-fastify-vue', backendFramework: 'Fastify' },
    });
    expect(answer.body.previewUrl).toMatch(/^http:\/\/[0-9a-f-]{36}\.localhost:9090$/);
    expect(answer.headers.location).toBe(`/api/projects/${answer.body.id}`);
    expect(answer.headers.etag).toMatch(/^"/);

    const tree = join(home, 'environments', ann.environmentId, 'trees', answer.body.id);
    expect(readdirSync(tree)).toContain('package.json');
    expect(readlinkSync(join(tree, 'node_modules'))).toBe(
      `/opt/deps/${projects.stacks.all[0]?.dependenciesKey}/node_modules`,
    );
    expect(existsSync(join(home, 'repositories', `${answer.body.id}.git`, 'HEAD'))).toBe(true);

    const [template] = await projects.templates();
    const version = await db.tenant(ann.tenantId, (tx) =>
      tx.selectFrom('project_version').selectAll().where('project_id', '=', answer.body.id).executeTakeFirstOrThrow(),
    );
    expect(version).toMatchObject({ version_number: 1, source: 'TEMPLATE', tree_sha: template?.treeSha });
    expect(calls).toEqual([
      {
        hook: 'requestBuild',
        about: {
          tenantId: ann.tenantId,
          projectId: answer.body.id,
          versionId: version.id,
          commit: version.commit_sha,
          turnId: null,
        },
      },
    ]);
    expect((await eventsOf(ann)).map((event) => event.type)).toEqual(['version.created', 'project.updated']);
  });

  it('sends the first message', async () => {
    const { id } = await create(ann, { prompt: 'A guest book, please' });
    expect(calls.at(-1)).toEqual({
      hook: 'firstMessage',
      about: { tenantId: ann.tenantId, userId: ann.userId, projectId: id, content: 'A guest book, please' },
    });
  });

  it('takes accent and stack', async () => {
    const project = await create(ann, { accent: 'oklch(0.78 0.15 310)', stackId: 'typescript-fastify-vue' });
    expect(project.accent).toBe('oklch(0.78 0.15 310)');
  });

  it('refuses a slug that is no label, reserved or taken', async () => {
    const { slug } = await create(ben);
    const attempt = (asked: string) => ann.call('POST', '/api/projects', { body: { name: 'X', slug: asked } });
    expect((await attempt('a_b')).body).toMatchObject({ status: 422, code: 'slug_invalid' });
    expect((await attempt('www')).body).toMatchObject({ status: 409, code: 'slug_reserved' });
    expect((await attempt(slug)).body).toMatchObject({
      status: 409,
      code: 'slug_taken',
      facts: { slug, suggestion: `${slug}-2` },
    });
  });

  it('refuses an unknown stack and a body that does not fit', async () => {
    expect((await ann.call('POST', '/api/projects', { body: { name: 'X', stackId: 'cobol' } })).body).toMatchObject({
      status: 422,
      code: 'stack_unknown',
    });
    expect((await ann.call('POST', '/api/projects', { body: { name: ' ' } })).status).toBe(400);
    expect((await ann.call('POST', '/api/projects', { body: { name: 'X', accent: 'red' } })).status).toBe(400);
  });

  it('gives one of two who ask for a slug at the same moment another answer', async () => {
    const slug = freshSlug();
    const answers = await Promise.all(
      [ann, ben].map((who) => who.call('POST', '/api/projects', { body: { name: 'X', slug } })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({ code: 'slug_taken' });
  });

  it('finds another slug for each of many with the same name at the same moment', async () => {
    const name = `Crowd ${process.pid}`;
    const answers = await Promise.all(
      [ann, ben, ann].map((who) => who.call('POST', '/api/projects', { body: { name } })),
    );
    expect(new Set(answers.map((answer) => answer.body.slug)).size).toBe(3);
  });

  it('leaves nothing behind when it fails', async () => {
    const before = readdirSync(join(home, 'repositories')).length;
    const failing = ann.call('POST', '/api/projects', { body: { name: 'X', slug: freshSlug(), prompt: 'fail' } });
    expect((await failing).status).toBe(500);
    expect(readdirSync(join(home, 'repositories')).length).toBe(before);
    expect((await ann.call('GET', '/api/projects')).body.items).toEqual([]);
  });

  it('answers the same again for the same Idempotency-Key', async () => {
    const request = { body: { name: 'Once', slug: freshSlug() }, headers: { 'idempotency-key': 'k1' } };
    const [first, second] = [
      await ann.call('POST', '/api/projects', request),
      await ann.call('POST', '/api/projects', request),
    ];
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id } });
  });
});

describe('GET /api/projects', () => {
  it('lists the own ones, last changed first, in pages', async () => {
    await create(ben);
    const ids = [(await create(ann)).id, (await create(ann)).id, (await create(ann)).id];
    const first = await ann.call('GET', '/api/projects?limit=2');
    expect(first.body.items.map((project: Project) => project.id)).toEqual([ids[2], ids[1]]);
    const second = await ann.call('GET', `/api/projects?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map((project: Project) => project.id)).toEqual([ids[0]]);
    expect(second.body.nextCursor).toBeNull();
  });

  it('keeps archived ones apart', async () => {
    const { id } = await create(ann);
    await ann.call('POST', `/api/projects/${id}/archive`);
    expect((await ann.call('GET', '/api/projects')).body.items).toEqual([]);
    expect((await ann.call('GET', '/api/projects?archived=true')).body.items).toHaveLength(1);
  });

  it('refuses a cursor that is not ours', async () => {
    expect((await ann.call('GET', '/api/projects?cursor=x')).status).toBe(400);
  });
});

describe('GET and PATCH /api/projects/:id', () => {
  it('renames with the ETag of what was read', async () => {
    const { id } = await create(ann);
    const read = await ann.call('GET', `/api/projects/${id}`);
    const edit = { body: { name: 'Visitors' }, headers: { 'if-match': String(read.headers.etag) } };
    const changed = await ann.call('PATCH', `/api/projects/${id}`, edit);
    expect(changed).toMatchObject({ status: 200, body: { name: 'Visitors', slug: read.body.slug } });
    expect((await ann.call('PATCH', `/api/projects/${id}`, edit)).body).toMatchObject({
      status: 412,
      code: 'edit_conflict',
    });
    const next = { body: { accent: 'oklch(0.78 0.15 25)' }, headers: { 'if-match': String(changed.headers.etag) } };
    expect((await ann.call('PATCH', `/api/projects/${id}`, next)).body.accent).toBe('oklch(0.78 0.15 25)');
    expect((await eventsOf(ann)).at(-1)?.type).toBe('project.updated');
  });

  it('wants an ETag and a body that fits', async () => {
    const { id } = await create(ann);
    expect((await ann.call('PATCH', `/api/projects/${id}`, { body: { name: 'X' } })).status).toBe(428);
    expect((await ann.call('PATCH', `/api/projects/${id}`, { body: { name: '' } })).status).toBe(400);
    const headers = { 'if-match': '*' };
    expect((await ann.call('PATCH', `/api/projects/${id}`, { body: {}, headers })).status).toBe(200);
  });
});

describe('status of a project', () => {
  it('pauses, resumes, archives and restores, and names what is allowed', async () => {
    const { id } = await create(ann);
    const to = (action: string) => ann.call('POST', `/api/projects/${id}/${action}`);
    expect((await to('resume')).body).toMatchObject({
      status: 409,
      code: 'transition_refused',
      facts: { from: 'DRAFT', allowed: ['LIVE', 'PAUSED', 'ARCHIVED', 'DELETED'] },
    });
    expect((await to('pause')).body.status).toBe('PAUSED');
    expect((await to('pause')).status).toBe(409);
    expect((await to('resume')).body.status).toBe('DRAFT');
    expect((await to('archive')).body.status).toBe('ARCHIVED');
    expect((await to('archive')).status).toBe(409);
    expect((await to('restore')).body.status).toBe('DRAFT');
    expect((await to('restore')).status).toBe(409);
    expect(calls.filter((call) => call.hook === 'addressesChanged')).toHaveLength(4);
  });

  it('follows builds and publishing; an event that does not apply changes nothing', async () => {
    const { id } = await create(ann);
    const apply = (event: Parameters<typeof projects.applyStatus>[2]) =>
      db.system((tx) => projects.applyStatus(tx, id, event));
    const look = async () => (await ann.call('GET', `/api/projects/${id}`)).body;
    await apply('BUILD_STARTED');
    expect((await look()).status).toBe('BUILDING');
    await apply('BUILD_ENDED');
    await apply('PUBLISHED');
    expect(await look()).toMatchObject({ status: 'LIVE', url: (await look()).publicUrl });
    await apply('RESTORE');
    expect((await look()).status).toBe('LIVE');
    await apply('CHANGED');
    expect((await look()).status).toBe('UPDATED');
    await apply('UNPUBLISHED');
    expect(await look()).toMatchObject({ status: 'DRAFT', url: null });
  });

  it('is UPDATED at once when an older version was published', async () => {
    const { id } = await create(ann);
    const file = `/api/projects/${id}/file?path=note.txt`;
    await ann.call('PUT', file, { body: { content: 'hi' }, headers: { 'if-none-match': '*' } });
    await db.system(async (tx) => {
      const { id: versionId } = await tx
        .selectFrom('project_version')
        .select('id')
        .where('project_id', '=', id)
        .where('version_number', '=', 1)
        .executeTakeFirstOrThrow();
      const release = { tenant_id: ann.tenantId, project_id: id, version_id: versionId, artefact_digest: 'x' };
      await tx
        .insertInto('release')
        .values({ ...release, kind: 'PUBLISHED', status: 'ACTIVE' })
        .execute();
      await projects.applyStatus(tx, id, 'PUBLISHED');
    });
    const behind = { status: 'UPDATED', publishedVersion: 1, currentVersion: 2 };
    expect((await ann.call('GET', `/api/projects/${id}`)).body).toMatchObject(behind);
    await db.system(async (tx) => {
      await tx.updateTable('project').set({ status: 'LIVE' }).where('id', '=', id).execute();
      await projects.applyStatus(tx, id, 'PUBLISHED');
    });
    expect((await ann.call('GET', `/api/projects/${id}`)).body).toMatchObject(behind);
  });
});

describe('DELETE /api/projects/:id', () => {
  it('removes rows and folders and calls the hooks', async () => {
    const { id } = await create(ann);
    const tree = join(home, 'environments', ann.environmentId, 'trees', id);
    calls.length = 0;
    expect((await ann.call('DELETE', `/api/projects/${id}`)).status).toBe(204);
    expect((await ann.call('GET', `/api/projects/${id}`)).status).toBe(404);
    expect(existsSync(tree)).toBe(false);
    expect(existsSync(join(home, 'repositories', `${id}.git`))).toBe(false);
    expect(calls.map((call) => call.hook)).toEqual(['deleting', 'deleted']);
    expect((await eventsOf(ann)).at(-1)).toEqual({ type: 'project.deleted', project_id: id });
    expect((await ann.call('DELETE', `/api/projects/${id}`)).status).toBe(404);
  });

  it('refuses what is public', async () => {
    const { id } = await create(ann);
    await db.system((tx) => projects.applyStatus(tx, id, 'PUBLISHED'));
    expect((await ann.call('DELETE', `/api/projects/${id}`)).body).toMatchObject({
      status: 409,
      code: 'transition_refused',
      facts: { from: 'LIVE', to: 'DELETED', allowed: ['PAUSED', 'ARCHIVED'] },
    });
  });
});

describe("another tenant's project", () => {
  it('answers 404 to everything', async () => {
    const { id } = await create(ben);
    const body = { content: 'x' };
    const answers = await Promise.all([
      ann.call('GET', `/api/projects/${id}`),
      ann.call('PATCH', `/api/projects/${id}`, { body: { name: 'X' }, headers: { 'if-match': '*' } }),
      ...['pause', 'resume', 'archive', 'restore'].map((action) => ann.call('POST', `/api/projects/${id}/${action}`)),
      ann.call('DELETE', `/api/projects/${id}`),
      ann.call('GET', `/api/projects/${id}/files`),
      ann.call('GET', `/api/projects/${id}/file?path=package.json`),
      ann.call('PUT', `/api/projects/${id}/file?path=a`, { body, headers: { 'if-none-match': '*' } }),
      ann.call('GET', `/api/projects/${id}/versions`),
      ann.call('GET', `/api/projects/${id}/versions/1/diff`),
      ann.call('POST', `/api/projects/${id}/versions/1/restore`),
      ann.call('GET', '/api/projects/not-an-id'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
    expect((await ben.call('GET', `/api/projects/${id}`)).body.status).toBe('DRAFT');
  });
});

describe('folders at a start', () => {
  it('throws away what belongs to no project and keeps the rest', async () => {
    const { id } = await create(ann);
    // Of a project that was here once: keys of a test begin at a multiple of a thousand.
    const gone = String(Number(id) - 500);
    const stray = join(home, 'environments', ann.environmentId, 'trees', gone);
    const { cpSync } = await import('node:fs');
    cpSync(join(home, 'repositories', `${id}.git`), join(home, 'repositories', `${gone}.git`), {
      recursive: true,
    });
    cpSync(join(home, 'environments', ann.environmentId, 'trees', id), stray, {
      recursive: true,
      verbatimSymlinks: true,
    });
    await projects.sweep();
    expect(existsSync(stray)).toBe(false);
    expect(existsSync(join(home, 'repositories', `${gone}.git`))).toBe(false);
    expect(existsSync(join(home, 'repositories', `${id}.git`))).toBe(true);
    await expect.poll(() => readdirSync(join(home, 'trash'))).toEqual([]);
  });

  it('keeps the code of projects that this database never had, and lays nothing over it', async () => {
    const next = String(Number((await create(ann)).id) + 1);
    const theirs = [
      join(home, 'repositories', `${next}.git`),
      join(home, 'environments', ann.environmentId, 'trees', next),
      join(home, 'screenshots', next),
    ];
    for (const folder of theirs.slice(0, 2)) mkdirSync(folder);
    for (const path of [...theirs.slice(0, 2).map((folder) => join(folder, 'code')), theirs[2] ?? ''])
      writeFileSync(path, 'theirs');
    await projects.sweep();
    const refused = await ann.call('POST', '/api/projects', { body: { name: 'In its place' } });
    expect(refused.status).toBe(500);
    expect(theirs.map((path) => existsSync(path))).toEqual([true, true, true]);
    expect(existsSync(join(theirs[1] ?? '', 'code'))).toBe(true);
    expect((await create(ann)).id).toBe(String(Number(next) + 1));
  });
});
