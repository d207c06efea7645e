import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileDiff, ProjectVersion } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { ProjectRow } from './index.ts';
import { projectsPlatform, type TestPerson } from './testing/platform.ts';

const { db } = await testDatabase();
const { projects, calls, working, person } = await projectsPlatform(db);

let ann: TestPerson;
let project: ProjectRow;
let base: string;
let count = 0;

beforeEach(async () => {
  ann = await person();
  const body = { name: 'Files', slug: `files-${process.pid}-${++count}` };
  const { id } = (await ann.call('POST', '/api/projects', { body })).body;
  const row = await db.tenant(ann.tenantId, (tx) => projects.get(tx, id));
  if (!row) throw new Error('no project');
  project = row;
  base = `/api/projects/${id}`;
  calls.length = 0;
});

const inTree = (path: string) => join(projects.treesDir(ann.environmentId), project.id, path);
const fileUrl = (path: string, more = '') => `${base}/file?path=${encodeURIComponent(path)}${more}`;
const put = (path: string, content: string, headers: Record<string, string> = { 'if-none-match': '*' }) =>
  ann.call('PUT', fileUrl(path), { body: { content }, headers });

/** What Mara wrote becomes a version of a turn. */
async function turn(
  files: Record<string, string | Buffer>,
): Promise<{ turnId: string; version: ProjectVersion | null }> {
  for (const [path, content] of Object.entries(files)) writeFileSync(inTree(path), content);
  const committed = await projects.commitTree(project, { message: 'A turn', author: 'Mara' });
  return db.tenant(ann.tenantId, async (tx) => {
    const conversation = await tx
      .insertInto('conversation')
      .values({ tenant_id: ann.tenantId, project_id: project.id, user_id: ann.userId, status: 'CLOSED' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: turnId } = await tx
      .insertInto('turn')
      .values({
        tenant_id: ann.tenantId,
        project_id: project.id,
        environment_id: ann.environmentId,
        conversation_id: conversation.id,
        user_id: ann.userId,
        status: 'SUCCEEDED',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const added = { project, description: 'A turn', source: 'TURN' as const, turnId };
    const version = committed && (await projects.addVersion(tx, { ...added, ...committed }));
    return { turnId, version };
  });
}

describe('GET files', () => {
  it('lists the newest version or an older one', async () => {
    await put('docs/note.txt', 'hello');
    const now = await ann.call('GET', `${base}/files`);
    expect(now).toMatchObject({ status: 200, body: { truncated: false } });
    expect(now.body.items).toContainEqual({ path: 'docs/note.txt', size: 5 });
    const then = await ann.call('GET', `${base}/files?version=1`);
    expect(then.body.items.map((item: { path: string }) => item.path)).not.toContain('docs/note.txt');
    expect(then.body.items.map((item: { path: string }) => item.path)).toContain('package.json');
    expect((await ann.call('GET', `${base}/files?version=9`)).status).toBe(404);
    expect((await ann.call('GET', `${base}/files?version=0`)).status).toBe(400);
  });

  it('shows the last commit while something is being written', async () => {
    writeFileSync(inTree('half.txt'), 'half');
    expect((await ann.call('GET', fileUrl('half.txt'))).status).toBe(404);
  });

  it('lists at most 2,000', async () => {
    await turn(Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`f${i}.txt`, String(i)])));
    const { body } = await ann.call('GET', `${base}/files`);
    expect(body.items).toHaveLength(2000);
    expect(body.truncated).toBe(true);
  });
});

describe('GET file', () => {
  it('reads text with an ETag', async () => {
    await put('a.txt', 'Žluťoučký kůň\n');
    const { status, body, headers } = await ann.call('GET', fileUrl('a.txt'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ path: 'a.txt', content: 'Žluťoučký kůň\n', binary: false, size: 20 });
    expect(headers.etag).toBe(body.etag);
  });

  it('names binary ones and refuses very large ones', async () => {
    await turn({ 'a.bin': Buffer.from([0, 255]), 'b.txt': Buffer.from([0xff, 0x41]), 'c.txt': 'x'.repeat(1_100_000) });
    expect((await ann.call('GET', fileUrl('a.bin'))).body).toMatchObject({ binary: true, content: '', size: 2 });
    expect((await ann.call('GET', fileUrl('b.txt'))).body).toMatchObject({ binary: true, content: '' });
    expect((await ann.call('GET', fileUrl('c.txt'))).body).toMatchObject({ status: 413, code: 'file_too_large' });
  });

  it('answers 404 to a folder, a strange path and a missing version', async () => {
    for (const path of ['src', 'nope', '../x', '/etc/passwd', '.git/config', 'src/', ':(top)package.json']) {
      expect((await ann.call('GET', fileUrl(path))).status, path).toBe(404);
    }
    expect((await ann.call('GET', fileUrl('package.json', '&version=2'))).status).toBe(404);
    expect((await ann.call('GET', `${base}/file`)).status).toBe(400);
  });
});

describe('PUT file', () => {
  it('saves as a version, in the tree too, and asks for a build', async () => {
    const read = await ann.call('GET', fileUrl('README.md'));
    const saved = await put('README.md', '# Hello\n', { 'if-match': read.body.etag });
    expect(saved).toMatchObject({ status: 200, body: { content: '# Hello\n', size: 8 } });
    expect((await ann.call('GET', fileUrl('README.md'))).body.etag).toBe(saved.body.etag);
    expect(readFileSync(inTree('README.md'), 'utf8')).toBe('# Hello\n');
    const { items } = (await ann.call('GET', `${base}/versions`)).body;
    expect(items[0]).toMatchObject({
      versionNumber: 2,
      source: 'EDIT',
      description: 'Edit README.md',
      filesChanged: 1,
    });
    expect(calls).toEqual([{ hook: 'requestBuild', about: expect.objectContaining({ versionId: items[0].id }) }]);
  });

  it('makes no version of what stands there already', async () => {
    const read = await ann.call('GET', fileUrl('README.md'));
    await put('README.md', read.body.content, { 'if-match': read.body.etag });
    expect((await ann.call('GET', base)).body.currentVersion).toBe(1);
  });

  it('refuses an edit of something else', async () => {
    expect((await put('README.md', 'x')).body).toMatchObject({ status: 412, code: 'edit_conflict' });
    expect((await put('README.md', 'x', { 'if-match': '"old"' })).status).toBe(412);
    expect((await put('new.txt', 'x', { 'if-match': '"old"' })).status).toBe(412);
    expect((await put('README.md', 'x', {})).body).toMatchObject({ status: 428, code: 'precondition_required' });
  });

  it('refuses while Mara works, and in an archived project', async () => {
    working.add(project.id);
    expect((await put('a.txt', 'x')).body).toMatchObject({ status: 409, code: 'mara_is_working' });
    working.delete(project.id);
    await ann.call('POST', `${base}/archive`);
    expect((await put('a.txt', 'x')).body).toMatchObject({ status: 409, code: 'project_not_active' });
  });

  it('refuses paths that lead out, into links or through files', async () => {
    symlinkSync('/etc', inTree('etc'));
    await turn({ 'x.txt': '1' });
    for (const path of [
      '../x',
      '/x',
      '.git/config',
      'a/.GIT/x',
      'node_modules/x',
      'etc/passwd',
      'etc',
      'x.txt/y',
      'src',
    ]) {
      const answer = await put(path, 'x', { 'if-match': '*', 'if-none-match': '' });
      expect([answer.status, answer.body.code], path).toSatisfy(
        ([status, code]) => (status === 422 && code === 'path_refused') || (status === 412 && path !== 'etc'),
      );
    }
    for (const path of ['etc/passwd', 'x.txt/y']) {
      expect((await put(path, 'x')).body, path).toMatchObject({ status: 422, code: 'path_refused' });
    }
  });

  it('keeps what others changed in the same moment', async () => {
    const answers = await Promise.all([put('a.txt', 'a'), put('b.txt', 'b'), put('c.txt', 'c')]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const { items } = (await ann.call('GET', `${base}/files`)).body;
    expect(items.map((item: { path: string }) => item.path)).toEqual(
      expect.arrayContaining(['a.txt', 'b.txt', 'c.txt']),
    );
    expect((await ann.call('GET', base)).body.currentVersion).toBe(4);
  });

  it('refuses a body that does not fit or is too large', async () => {
    expect((await ann.call('PUT', fileUrl('a.txt'), { body: {} })).status).toBe(400);
    expect((await put('a.txt', 'x'.repeat(2_000_001))).status).toBe(413);
  });
});

describe('versions', () => {
  it('lists them newest first, in pages', async () => {
    await put('a.txt', '1');
    await put('b.txt', '2');
    const first = await ann.call('GET', `${base}/versions?limit=2`);
    expect(first.body.items.map((one: ProjectVersion) => [one.versionNumber, one.current])).toEqual([
      [3, true],
      [2, false],
    ]);
    const rest = await ann.call('GET', `${base}/versions?limit=2&cursor=${first.body.nextCursor}`);
    expect(rest.body.items).toMatchObject([{ versionNumber: 1, source: 'TEMPLATE', filesChanged: 0 }]);
    expect((await ann.call('GET', `${base}/versions?cursor=zz`)).status).toBe(400);
  });

  it('shows what a version changed', async () => {
    await turn({ 'README.md': 'new\n', 'a.bin': Buffer.from([0]) });
    const { body } = await ann.call('GET', `${base}/versions/2/diff`);
    expect(body.truncated).toBe(false);
    expect(body.files.map((file: FileDiff) => file.path)).toEqual(['README.md', 'a.bin']);
    expect(body.files[0].patch).toMatch(/^--- a\/README\.md\n\+\+\+ b\/README\.md\n@@ /);
    expect(body.files[1].patch).toBeNull();
    const back = await ann.call('GET', `${base}/versions/1/diff?against=2`);
    expect(back.body.files[1]).toMatchObject({ path: 'a.bin', change: 'DELETED' });
    const start = await ann.call('GET', `${base}/versions/1/diff`);
    expect(start.body.files.every((file: FileDiff) => file.change === 'ADDED')).toBe(true);
    expect((await ann.call('GET', `${base}/versions/7/diff`)).status).toBe(404);
    expect((await ann.call('GET', `${base}/versions/2/diff?against=7`)).status).toBe(404);
  });

  it('cuts a diff that is too large', async () => {
    const lines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}\n`).join('');
    await turn(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}.txt`, lines(8_000)])));
    const { body } = await ann.call('GET', `${base}/versions/2/diff`);
    expect(body.truncated).toBe(true);
    expect(body.files).toHaveLength(8);
    expect(body.files[0].patch).toContain('+line 7999');
    expect(body.files[7]).toMatchObject({ additions: 8000, patch: null });
  });

  it('lists at most 300 files of a diff', async () => {
    await turn(Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`f${i}.txt`, String(i)])));
    const { body } = await ann.call('GET', `${base}/versions/2/diff`);
    expect(body.files).toHaveLength(300);
    expect(body.truncated).toBe(true);
  });
});

describe('restore and undo', () => {
  it('goes back as a new version and marks what was left', async () => {
    await turn({ 'README.md': 'two\n' });
    await turn({ 'README.md': 'three\n', 'extra.txt': 'x' });
    calls.length = 0;
    const answer = await ann.call('POST', `${base}/versions/2/restore`);
    expect(answer).toMatchObject({
      status: 201,
      body: { versionNumber: 4, source: 'RESTORE', restoredFrom: 2, current: true, description: 'Back to version 2' },
    });
    expect(readFileSync(inTree('README.md'), 'utf8')).toBe('two\n');
    expect(() => readFileSync(inTree('extra.txt'))).toThrow('ENOENT');
    const { items } = (await ann.call('GET', `${base}/versions`)).body;
    expect(items.map((one: ProjectVersion) => [one.versionNumber, one.status])).toEqual([
      [4, 'DRAFT'],
      [3, 'ROLLED_BACK'],
      [2, 'DRAFT'],
      [1, 'DRAFT'],
    ]);
    expect(calls).toEqual([
      { hook: 'requestBuild', about: expect.objectContaining({ versionId: answer.body.id }) },
      { hook: 'restored', about: 4 },
    ]);
  });

  it('lets go of data that was to come back with a version that did not build', async () => {
    await turn({ 'README.md': 'two\n' });
    await turn({ 'README.md': 'three\n' });
    const version = (number: number, status: 'FAILED' | 'APPLYING') =>
      db.system((tx) =>
        tx
          .updateTable('project_version')
          .set({ status, data_status: 'PENDING' })
          .where('project_id', '=', project.id)
          .where('version_number', '=', number)
          .execute(),
      );
    await version(2, 'FAILED');
    await version(3, 'APPLYING');
    expect((await ann.call('POST', `${base}/versions/1/restore`)).status).toBe(201);
    const { items } = (await ann.call('GET', `${base}/versions`)).body;
    expect(items.map((one: ProjectVersion) => one.dataStatus)).toEqual([null, 'PENDING', 'FAILED', null]);
  });

  it('undoes a turn', async () => {
    const { turnId } = await turn({ 'README.md': 'two\n' });
    const before = (await ann.call('GET', fileUrl('README.md', '&version=1'))).body.content;
    const answer = await ann.call('POST', `/api/turns/${turnId}/undo`);
    expect(answer).toMatchObject({ status: 201, body: { versionNumber: 3, restoredFrom: 1 } });
    expect((await ann.call('GET', fileUrl('README.md'))).body.content).toBe(before);
  });

  it('refuses what cannot be undone', async () => {
    const { turnId } = await turn({});
    expect((await ann.call('POST', `/api/turns/${turnId}/undo`)).body).toMatchObject({
      status: 409,
      code: 'nothing_to_undo',
    });
    const other = await person();
    expect((await other.call('POST', `/api/turns/${turnId}/undo`)).status).toBe(404);
    expect((await ann.call('POST', '/api/turns/999999999/undo')).status).toBe(404);
  });

  it('refuses while Mara works, in an archived project and for a missing version', async () => {
    const { turnId } = await turn({ 'README.md': 'two\n' });
    const ways = [`${base}/versions/1/restore`, `/api/turns/${turnId}/undo`];
    working.add(project.id);
    for (const way of ways) expect((await ann.call('POST', way)).body.code).toBe('mara_is_working');
    working.delete(project.id);
    expect((await ann.call('POST', `${base}/versions/5/restore`)).status).toBe(404);
    await ann.call('POST', `${base}/archive`);
    for (const way of ways) expect((await ann.call('POST', way)).body.code).toBe('project_not_active');
  });
});
