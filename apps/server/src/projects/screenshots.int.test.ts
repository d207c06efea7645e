import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { projectsPlatform, type TestPerson } from './testing/platform.ts';

const { db } = await testDatabase();
const { app, projects, home, person } = await projectsPlatform(db);

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40, 1)]);
const webp = Buffer.from(`RIFF\0\0\0\0WEBPVP8 ${'.'.repeat(40)}`, 'latin1');
const LIMIT = 300 * 1024;

let ann: TestPerson;
let id: string;
let count = 0;

beforeEach(async () => {
  ann = await person();
  const body = { name: 'Picture', slug: `picture-${process.pid}-${++count}` };
  id = (await ann.call('POST', '/api/projects', { body })).body.id;
});

const url = () => `/api/projects/${id}/screenshot`;
const as = ({ token }: TestPerson) => ({ authorization: `Bearer ${token}` });
const put = (payload: Buffer | string, type = 'image/webp', who = ann) =>
  app.inject({ method: 'PUT', url: url(), payload, headers: { ...as(who), 'content-type': type } });
const get = (headers: Record<string, string> = {}, who = ann) =>
  app.inject({ method: 'GET', url: url(), headers: { ...as(who), ...headers } });
const lastEvent = () =>
  db.tenant(ann.tenantId, (tx) =>
    tx.selectFrom('event').select('payload').orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow(),
  );
const project = async () => (await ann.call('GET', `/api/projects/${id}`)).body;

describe('a screenshot', () => {
  it('is missing at first, then shown as it was sent, with nothing in it allowed to run', async () => {
    expect((await get()).json()).toMatchObject({ status: 404, code: 'not_found' });
    expect((await project()).screenshotAt).toBeNull();
    const kept = await put(webp);
    expect([kept.statusCode, kept.body]).toEqual([204, '']);
    const shown = await get();
    expect(shown.statusCode).toBe(200);
    expect(shown.rawPayload).toEqual(webp);
    expect(shown.headers).toMatchObject({
      'content-type': 'image/webp',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
  });

  it('is not sent again while it is the same one', async () => {
    await put(webp);
    const etag = String((await get()).headers.etag);
    const same = await get({ 'if-none-match': etag });
    expect([same.statusCode, same.body]).toEqual([304, '']);
    expect((await get({ 'if-none-match': '"another"' })).statusCode).toBe(200);
  });

  it('gives way to the next one and tells the feed, and edits in progress stay valid', async () => {
    const before = await ann.call('GET', `/api/projects/${id}`);
    await put(webp);
    await put(png, 'image/png');
    const shown = await get();
    expect([shown.headers['content-type'], shown.rawPayload]).toEqual(['image/png', png]);
    const after = await project();
    expect(after.updatedAt).toBe(before.body.updatedAt);
    expect(Date.now() - Date.parse(after.screenshotAt)).toBeLessThan(60_000);
    expect((await lastEvent()).payload).toMatchObject({
      type: 'project.updated',
      project: { id, screenshotAt: after.screenshotAt },
    });
    const edit = { body: { name: 'Later' }, headers: { 'if-match': String(before.headers.etag) } };
    expect((await ann.call('PATCH', `/api/projects/${id}`, edit)).status).toBe(200);
    expect(readdirSync(join(home, 'staging'))).toEqual([]);
  });

  it.each([
    ['JSON', '{"a":1}', 'application/json'],
    ['a drawing that could run scripts', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['text that says it is a picture', 'hello', 'image/webp'],
    ['a picture of the other type', png, 'image/webp'],
    ['nothing', '', 'image/png'],
  ])('is refused as %s', async (_what, payload, type) => {
    expect((await put(payload, type)).json()).toMatchObject({ status: 415, code: 'picture_refused' });
    expect((await get()).statusCode).toBe(404);
  });

  it('has at most 300 KB', async () => {
    const filled = (size: number) => Buffer.concat([webp, Buffer.alloc(size - webp.length)]);
    expect((await put(filled(LIMIT))).statusCode).toBe(204);
    expect((await put(filled(LIMIT + 1))).json()).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  it('wants a signed-in person, and is another tenant’s as little as one that does not exist', async () => {
    for (const method of ['GET', 'PUT'] as const) {
      expect((await app.inject({ method, url: url() })).statusCode).toBe(401);
    }
    await put(webp);
    const ben = await person();
    expect((await get({}, ben)).statusCode).toBe(404);
    expect((await put(png, 'image/png', ben)).statusCode).toBe(404);
    expect((await put('{}', 'application/json', ben)).statusCode).toBe(404);
    expect((await get()).rawPayload).toEqual(webp);
  });

  it('goes with its project, at the next start if not now', async () => {
    await put(webp);
    const kept = join(home, 'screenshots', id);
    await projects.sweep();
    expect(existsSync(kept)).toBe(true);
    expect((await ann.call('DELETE', `/api/projects/${id}`)).status).toBe(204);
    expect(existsSync(kept)).toBe(false);
    expect((await put(webp)).statusCode).toBe(404);
    writeFileSync(kept, webp);
    await projects.sweep();
    expect(existsSync(kept)).toBe(false);
  });
});
