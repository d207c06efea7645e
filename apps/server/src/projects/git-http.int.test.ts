import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { projectsPlatform } from './testing/platform.ts';

const { db } = await testDatabase();
const { app, projects, person } = await projectsPlatform(db);
const [ann, ben] = [await person(), await person()];
const folder = mkdtempSync(join(tmpdir(), 'talkide-clone-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const slug = `clone-${process.pid}`;
const { id } = (await ann.call('POST', '/api/projects', { body: { name: 'Clone', slug } })).body;
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
const address = (token: string) => `http://x:${token}@127.0.0.1:${port}/git/${slug}.git`;

const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
const git = (...args: string[]) => promisify(execFile)('git', args, { env, cwd: folder });
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`any:${token}`).toString('base64')}` });

const save = (path: string, content: string) =>
  ann.call('PUT', `/api/projects/${id}/file?path=${path}`, { body: { content }, headers: { 'if-none-match': '*' } });

describe('git over HTTP', () => {
  it('clones and pulls with a personal token', async () => {
    await git('clone', '-q', address(ann.token), 'copy');
    const copy = join(folder, 'copy');
    expect(existsSync(join(copy, 'package.json'))).toBe(true);
    expect(existsSync(join(copy, 'node_modules'))).toBe(false);
    await save('note.txt', 'from the platform\n');
    await git('-C', copy, 'pull', '-q', '--ff-only');
    expect(readFileSync(join(copy, 'note.txt'), 'utf8')).toBe('from the platform\n');
    const { stdout } = await git('-C', copy, 'log', '--format=%an %s');
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^person-\d+ Edit note\.txt$/),
      'TalkIDE Start from TypeScript · Fastify · TypeScript · Vue.js',
    ]);
    await git('-C', copy, 'fsck', '--strict');
  });

  it('speaks the old protocol and clones shallow', async () => {
    await git('-c', 'protocol.version=0', 'clone', '-q', '--depth', '1', address(ann.token), 'shallow');
    expect(existsSync(join(folder, 'shallow', 'package.json'))).toBe(true);
  });

  it('shows versions only: a commit that became none stays inside', async () => {
    const project = await db.tenant(ann.tenantId, (tx) => projects.get(tx, id));
    if (!project) throw new Error('no project');
    const tree = join(projects.treesDir(ann.environmentId), id);
    writeFileSync(join(tree, 'draft.txt'), 'draft');
    await projects.commitTree(project, { message: 'x', author: 'Mara' });
    await projects.cleanTree(project, { keepAs: '5' });
    writeFileSync(join(tree, 'draft.txt'), 'draft');
    await projects.commitTree(project, { message: 'x', author: 'Mara' });
    const { stdout } = await git('ls-remote', address(ann.token));
    const current = await db.tenant(ann.tenantId, (tx) => projects.currentCommit(tx, project));
    expect(stdout.trim().split('\n')).toEqual([`${current}\tHEAD`, `${current}\trefs/heads/main`]);
    await projects.cleanTree(project);
  });

  it('refuses a push with a sentence', async () => {
    const copy = join(folder, 'pushed');
    await git('clone', '-q', address(ann.token), copy);
    await git('-C', copy, '-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x');
    await expect(git('-C', copy, 'push', '-q')).rejects.toThrow(/403/);
    const answer = await app.inject({
      url: `/git/${slug}.git/info/refs?service=git-receive-pack`,
      headers: basic(ann.token),
    });
    expect(answer.body).toContain('for cloning and pulling');
    const push = await app.inject({
      method: 'POST',
      url: `/git/${slug}.git/git-receive-pack`,
      headers: basic(ann.token),
    });
    expect(push.statusCode).toBe(403);
  });

  it('asks for a token', async () => {
    const url = `/git/${slug}.git/info/refs?service=git-upload-pack`;
    for (const headers of [
      {},
      basic('wrong'),
      { authorization: 'Basic !' },
      { authorization: `Bearer ${ann.token}` },
    ]) {
      const answer = await app.inject({ url, headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    }
  });

  it("answers 404 to another tenant's project as to a missing one", async () => {
    const ask = (name: string, token: string) =>
      app.inject({ url: `/git/${name}/info/refs?service=git-upload-pack`, headers: basic(token) });
    const [foreign, missing] = [await ask(`${slug}.git`, ben.token), await ask('nothing-here.git', ben.token)];
    expect([foreign.statusCode, foreign.body]).toEqual([404, missing.body]);
    expect((await ask('..%2F..%2Fetc', ann.token)).statusCode).toBe(404);
    const post = await app.inject({
      method: 'POST',
      url: `/git/${slug}.git/git-upload-pack`,
      headers: { ...basic(ben.token), 'content-type': 'application/x-git-upload-pack-request' },
      payload: '0000',
    });
    expect(post.statusCode).toBe(404);
  });

  it('refuses what is not of the protocol', async () => {
    const headers = basic(ann.token);
    expect((await app.inject({ url: `/git/${slug}.git/info/refs`, headers })).statusCode).toBe(400);
    const url = `/git/${slug}.git/git-upload-pack`;
    expect((await app.inject({ method: 'POST', url, headers })).statusCode).toBe(415);
    const json = await app.inject({ method: 'POST', url, headers, payload: {} });
    expect(json.statusCode).toBe(415);
    expect((await app.inject({ url: `/git/${slug}.git/HEAD`, headers })).statusCode).toBe(404);
  });
});
