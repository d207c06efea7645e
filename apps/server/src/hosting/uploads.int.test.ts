import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { egressRoutes, type LookStep, type Project, projectRoutes, uploadRoutes } from '@talkide/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { eventually, hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane, uploadLimits: { quotaBytes: 1_000_000, fileBytes: 400_000, files: 20 } });

/** It keeps what it is sent, and gives links. */
const keeps = `import type { FastifyInstance } from 'fastify';
import { uploads } from '../uploads.ts';
export default async function files(app: FastifyInstance) {
  app.addContentTypeParser('*', (request, payload, done) => done(null, payload));
  app.put<{ Querystring: { name: string } }>('/api/files', async (request) =>
    uploads.put(request.query.name, request.body as never, request.headers['content-type'] ?? ''));
  app.get<{ Querystring: { name: string } }>('/api/files', async (request, reply) => reply.send(await uploads.get(request.query.name)));
  app.delete<{ Querystring: { name: string } }>('/api/files', async (request) => uploads.remove(request.query.name));
  app.get<{ Querystring: { prefix?: string; after?: string; limit?: string } }>('/api/list', async (request) =>
    uploads.list({ ...request.query, limit: Number(request.query.limit ?? 100) }));
  app.get<{ Querystring: { name: string; download?: string } }>('/api/link', async (request) =>
    ({ link: await uploads.link(request.query.name, { download: request.query.download === 'yes' }) }));
  app.get<{ Querystring: { name: string; max?: string; type?: string } }>('/api/upload-link', async (request) =>
    ({ link: await uploads.uploadLink(request.query.name, {
      ...(request.query.max ? { maxBytes: Number(request.query.max) } : {}),
      ...(request.query.type ? { type: request.query.type } : {}),
    }) }));
}
`;

let ada: Person;
let project: Project;
beforeAll(async () => {
  ({ ada, project } = await keeping('Album'));
});

async function keeping(name: string): Promise<{ ada: Person; project: Project }> {
  const person = await rig.person();
  const made = await person.create(name);
  await person.edit(made, 'server/routes/files.ts', keeps);
  const routes = ['about', 'health', 'files'].map((one) => `export { default as ${one} } from './${one}.ts';\n`);
  await person.edit(made, 'server/routes/index.ts', routes.join(''));
  await person.released(made, 'PREVIEW', 'ACTIVE', 3);
  return { ada: person, project: made };
}

type Sent = { method?: string; headers?: Record<string, string>; body?: string | Buffer };
const at = (path: string, more: Sent = {}, of = project) => rig.visit(of.previewUrl, path, undefined, more);
const query = (path: string, values: Record<string, string>) => `${path}?${new URLSearchParams(values)}`;
const keep = (name: string, body: string | Buffer, type = 'text/plain', of = project) =>
  at(query('/api/files', { name }), { method: 'PUT', body, headers: { 'content-type': type } }, of);
const linkTo = async (name: string, more: Record<string, string> = {}, of = project): Promise<string> =>
  JSON.parse((await at(query('/api/link', { name, ...more }), {}, of)).body).link;
const uploadLink = async (name: string, more: Record<string, string> = {}): Promise<string> =>
  JSON.parse((await at(query('/api/upload-link', { name, ...more }))).body).link;
const listed = (kind: 'PREVIEW' | 'PUBLISHED', more: object = {}) =>
  ada.call(uploadRoutes.listUploads, { params: { id: project.id }, query: { kind, ...more } });
const objects = () =>
  readdirSync(join(rig.home, 'objects/apps'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    .length;

describe('files of an application', () => {
  test('are kept, read, listed and deleted by the application', async () => {
    expect(JSON.parse((await keep('notes/Žofie.txt', 'Ahoj')).body)).toEqual({
      ...{ name: 'notes/Žofie.txt', bytes: 4, type: 'text/plain' },
    });
    expect((await at(query('/api/files', { name: 'notes/Žofie.txt' }))).body).toBe('Ahoj');
    await keep('notes/a.txt', 'A');
    const page = JSON.parse((await at(query('/api/list', { prefix: 'notes/', limit: '1' }))).body);
    expect(page).toMatchObject({ items: [{ name: 'notes/a.txt', bytes: 1 }], next: 'notes/a.txt' });
    const rest = JSON.parse((await at(query('/api/list', { prefix: 'notes/', after: page.next }))).body);
    expect(rest).toMatchObject({ items: [{ name: 'notes/Žofie.txt', createdAt: expect.any(String) }], next: null });
    const before = objects();
    expect((await at(query('/api/files', { name: 'notes/a.txt' }), { method: 'DELETE' })).status).toBe(200);
    expect(objects()).toBe(before - 1);
    const gone = await at(query('/api/files', { name: 'notes/a.txt' }));
    expect([gone.status, JSON.parse(gone.body).code]).toEqual([404, 'NOT_FOUND']);
  });

  test('take the place of those of the same name, and leave nothing of them', async () => {
    await keep('logo', 'before');
    const before = objects();
    await keep('logo', 'after');
    expect((await at(query('/api/files', { name: 'logo' }))).body).toBe('after');
    expect(objects()).toBe(before);
  });

  test.each(['../x', 'a//b', '.', 'a/..', '', 'x'.repeat(400), 'a\\b', 'a\nb'])(
    'have no name like %j',
    async (name) => {
      const { status, body } = await keep(name, 'x');
      expect([400, 404]).toContain(status);
      expect(body).not.toContain('home');
    },
  );

  test('are shown by a link on the address of the application, whole and in parts, without a way to run', async () => {
    await keep('photo.png', 'PNG-BYTES', 'image/png');
    const link = await linkTo('photo.png');
    expect(link).toMatch(/^\/\.talkide\/files\/[\w-]+\.[\w-]+\/photo\.png$/);
    const shown = await at(link);
    expect(shown).toMatchObject({ status: 200, body: 'PNG-BYTES' });
    expect(shown.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': "inline; filename*=UTF-8''photo.png",
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cross-origin-resource-policy': 'same-origin',
    });
    const part = await at(link, { headers: { range: 'bytes=4-6' } });
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, 'BYT', 'bytes 4-6/9']);
    expect((await at(link, { headers: { range: 'bytes=-5' } })).body).toBe('BYTES');
    expect((await at(link, { headers: { range: 'bytes=50-' } })).status).toBe(416);
    expect((await at(link, { headers: { 'if-none-match': String(shown.headers.etag) } })).status).toBe(304);
    expect(await at(link, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    await keep('page.html', '<script>alert(1)</script>', 'text/html');
    expect((await at(await linkTo('page.html'))).headers['content-disposition']).toMatch(/^attachment/);
    expect((await at(await linkTo('photo.png', { download: 'yes' }))).headers['content-disposition']).toMatch(
      /^attachment/,
    );
  });

  test('are sent by a page to a link, within what the link allows', async () => {
    const link = await uploadLink('sent.txt', { max: '10', type: 'text/plain' });
    const send = (body: string, type = 'text/plain', path = link) =>
      at(path, { method: 'PUT', body, headers: { 'content-type': type } });
    expect(await send('hello')).toMatchObject({
      status: 201,
      body: '{"name":"sent.txt","bytes":5,"type":"text/plain"}',
    });
    expect(await send('too long for it')).toMatchObject({ status: 413, body: expect.stringContaining('larger') });
    expect(await send('hello', 'text/html')).toMatchObject({ status: 403 });
    expect(await at(link)).toMatchObject({ status: 403 });
    expect((await at(query('/api/files', { name: 'sent.txt' }))).body).toBe('hello');
  });

  test('have links that fit nowhere else and cannot be changed', async () => {
    await keep('mine.txt', 'mine');
    const link = await linkTo('mine.txt');
    const other = await keeping('Other album');
    expect((await at(link, {}, other.project)).status).toBe(403);
    for (const forged of [
      link.replace('mine.txt', 'yours.txt'),
      link.replace(/files\/./, 'files/A'),
      link.replace(/\.[\w-]+\/mine/, '.AAAA/mine'),
      '/.talkide/files/',
      '/.talkide/files/x.y/z',
      `${link}/../../x`,
    ])
      expect((await at(forged)).status).toBe(403);
    expect((await rig.visit('http://nobody.localhost:9090', link)).status).toBe(404);
    expect((await at(link, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  test('are bounded each and together, whatever is announced', async () => {
    expect(await keep('big', Buffer.alloc(400_001))).toMatchObject({ status: 413 });
    const chunked = await at(query('/api/files', { name: 'big' }), {
      ...{
        method: 'PUT',
        body: Buffer.alloc(400_001),
        headers: { 'transfer-encoding': 'chunked', 'content-type': 'a/b' },
      },
    });
    expect(chunked.status).toBe(413);
    const answers = await Promise.all(['1', '2', '3'].map((name) => keep(`full/${name}`, Buffer.alloc(390_000))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 507]);
    const refused = answers.find(({ status }) => status === 507);
    expect(JSON.parse(refused?.body ?? '')).toMatchObject({ code: 'UPLOADS_FULL' });
    const { body } = await listed('PREVIEW');
    expect(body.usedBytes).toBeLessThanOrEqual(body.quotaBytes);
    for (const one of body.items.filter(({ name }) => name.startsWith('full/')))
      await at(query('/api/files', { name: one.name }), { method: 'DELETE' });
    expect((await keep('full/again', Buffer.alloc(1_000))).status).toBe(200);
  });

  test('are refused in words to those who still send, by the application and by a link', async () => {
    // More than all buffers on the way hold, so that it cannot be sent before the refusal.
    const huge = { method: 'PUT', body: Buffer.alloc(30_000_000), headers: { 'content-type': 'a/b' } };
    const chunked = { ...huge, headers: { ...huge.headers, 'transfer-encoding': 'chunked' } };
    const refused = { status: 413, body: expect.stringContaining('larger than') };
    const link = await uploadLink('huge');
    expect(await at(link, chunked)).toMatchObject(refused);
    expect(await at(link, huge)).toMatchObject(refused);
    expect(await at(query('/api/files', { name: 'huge' }), chunked)).toMatchObject(refused);
  });

  test('of the published application are its own', async () => {
    await ada.call('POST', `/api/projects/${project.id}/publish`, { body: {} });
    await ada.released(project, 'PUBLISHED', 'ACTIVE');
    const { body: row } = await ada.call(projectRoutes.getProject, { params: { id: project.id } });
    const published = row.url ?? '';
    expect(JSON.parse((await rig.visit(published, '/api/list')).body).items).toEqual([]);
    const link = await linkTo('mine.txt');
    expect((await rig.visit(published, link)).status).toBe(403);
    await rig.visit(published, query('/api/files', { name: 'live.txt' }), undefined, {
      ...{ method: 'PUT', body: 'live', headers: { 'content-type': 'text/plain' } },
    });
    expect((await listed('PUBLISHED')).body.items).toMatchObject([{ name: 'live.txt', bytes: 4, type: 'text/plain' }]);
  });

  test('of a look are gone with it', async () => {
    const steps: LookStep[] = [
      { method: 'GET', path: query('/api/upload-link', { name: 'x' }) },
      { method: 'GET', path: '/api/list' },
    ];
    const seen = await rig.hosting.look({ ...ada, projectId: project.id, steps }, new AbortController().signal);
    expect(seen).toMatchObject({
      outcome: 'answered',
      answers: [{ status: 200 }, { text: '{"items":[],"next":null}' }],
    });
    const rows = await db.system((tx) => tx.selectFrom('upload').select('id').where('kind', '=', 'LOOK').execute());
    expect(rows).toEqual([]);
  });
});

describe('the owner', () => {
  const by = (person: Person) => ({
    list: () => person.call(uploadRoutes.listUploads, { params: { id: project.id }, query: { kind: 'PREVIEW' } }),
    link: (name: string) =>
      person.call(uploadRoutes.linkUpload, { params: { id: project.id }, body: { kind: 'PREVIEW', name } }),
    remove: (name: string) =>
      person.call(uploadRoutes.deleteUpload, { params: { id: project.id }, body: { kind: 'PREVIEW', name } }),
  });

  test('200, 204 sees, fetches and deletes files, by the page', async () => {
    await keep('owner/one.txt', 'one');
    await keep('owner/two.txt', 'two');
    const first = await listed('PREVIEW', { prefix: 'owner/', limit: 1 });
    expect(first.body).toMatchObject({ items: [{ name: 'owner/one.txt', bytes: 3 }], nextCursor: 'owner/one.txt' });
    const rest = await listed('PREVIEW', { prefix: 'owner/', limit: 1, cursor: 'owner/one.txt' });
    expect(rest.body).toMatchObject({ items: [{ name: 'owner/two.txt' }], nextCursor: null });
    const { url } = (await by(ada).link('owner/one.txt')).body;
    const saved = await rig.visit(url, new URL(url).pathname);
    expect([saved.body, saved.headers['content-disposition']]).toEqual(['one', "attachment; filename*=UTF-8''one.txt"]);
    expect((await by(ada).remove('owner/one.txt')).status).toBe(204);
    expect((await by(ada).remove('owner/one.txt')).status).toBe(404);
    expect((await by(ada).link('owner/one.txt')).status).toBe(404);
  });

  test('404 of another tenant, 400 a name that is none, 401 nobody', async () => {
    const ben = by(await rig.person());
    expect((await ben.list()).status).toBe(404);
    expect((await ben.link('owner/two.txt')).status).toBe(404);
    expect((await ben.remove('owner/two.txt')).status).toBe(404);
    expect((await by(ada).link('../x')).status).toBe(400);
    expect((await by(ada).remove('a//b')).status).toBe(400);
    expect((await at('/api/projects/1/uploads?kind=PREVIEW')).status).toBe(404);
    const { body } = await ada.call(egressRoutes.listEgress, { params: { id: project.id }, query: { days: 1 } });
    expect(body.items).toEqual([]);
  });

  test('deletes the files with the project', async () => {
    expect(objects()).toBeGreaterThan(0);
    const other = await keeping('Short');
    const before = objects();
    await keep('a', 'a', 'text/plain', other.project);
    expect(objects()).toBe(before + 1);
    expect((await other.ada.call(projectRoutes.deleteProject, { params: { id: other.project.id } })).status).toBe(204);
    await eventually(async () => objects() === before);
  });
});
