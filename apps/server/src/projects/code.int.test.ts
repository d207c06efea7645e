import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { ProjectRow } from './index.ts';
import { projectsPlatform } from './testing/platform.ts';

const { db } = await testDatabase();
const { projects, home, person } = await projectsPlatform(db);
const ann = await person();
const outside = mkdtempSync(join(tmpdir(), 'talkide-outside-'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

let project: ProjectRow;
let tree: string;
let count = 0;
const change = { message: 'Mara changed something', author: 'Mara' };

beforeEach(async () => {
  const body = { name: 'Code', slug: `code-${process.pid}-${++count}` };
  const { id } = (await ann.call('POST', '/api/projects', { body })).body;
  const row = await db.tenant(ann.tenantId, (tx) => projects.get(tx, id));
  if (!row) throw new Error('no project');
  project = row;
  tree = join(projects.treesDir(ann.environmentId), id);
});

const write = (path: string, content: string | Buffer) => writeFileSync(join(tree, path), content);

async function commit() {
  const committed = await projects.commitTree(project, change);
  if (!committed) throw new Error('nothing to commit');
  const version = await db.tenant(ann.tenantId, (tx) =>
    projects.addVersion(tx, { project, ...committed, description: change.message, source: 'TURN' }),
  );
  return { ...committed, version };
}

describe('commitTree', () => {
  it('fails aloud when changes cannot be taken into the repository', async () => {
    const objects = join(home, 'repositories', `${project.id}.git`, 'objects');
    write('README.md', 'new\n');
    chmodSync(objects, 0o555);
    await expect(projects.commitTree(project, change)).rejects.toThrow('could not be staged');
    chmodSync(objects, 0o755);
    expect((await projects.commitTree(project, change))?.files).toHaveLength(1);
  });

  it('commits what changed, in any way', async () => {
    write('README.md', 'new\n');
    rmSync(join(tree, 'vite.config.ts'));
    renameSync(join(tree, 'src/pages/NotFound.vue'), join(tree, 'src/pages/Missing.vue'));
    write('žluťoučký kůň\n.txt', 'x');
    write('picture.bin', Buffer.from([0, 1, 2]));
    const { files, version } = await commit();
    expect(files.map(({ path, previousPath, change: kind }) => [kind, path, previousPath])).toEqual([
      ['MODIFIED', 'README.md', null],
      ['ADDED', 'picture.bin', null],
      ['RENAMED', 'src/pages/Missing.vue', 'src/pages/NotFound.vue'],
      ['DELETED', 'vite.config.ts', null],
      ['ADDED', 'žluťoučký kůň\n.txt', null],
    ]);
    expect(files[0]).toMatchObject({ additions: 1, deletions: expect.any(Number) });
    expect(version).toMatchObject({ versionNumber: 2, filesChanged: 5, current: true, source: 'TURN' });
  });

  it('says null when nothing changed, and the same again for what became no version', async () => {
    expect(await projects.commitTree(project, change)).toBeNull();
    write('a.txt', 'a');
    const first = await projects.commitTree(project, change);
    const again = await projects.commitTree(project, change);
    expect(again?.tree).toBe(first?.tree);
    expect(again?.files).toEqual(first?.files);
  });

  it('leaves out what is ignored and the shared dependencies', async () => {
    mkdirSync(join(tree, 'dist'));
    write('dist/server.js', 'built');
    write('.gitignore', 'dist\n');
    const { files } = await commit();
    expect(files.map((file) => file.path)).toEqual(['.gitignore']);
  });

  it('takes the files of a nested repository as files', async () => {
    mkdirSync(join(tree, 'vendor/.git/objects'), { recursive: true });
    write('vendor/.git/HEAD', 'ref: refs/heads/main\n');
    write('vendor/a.js', 'a');
    const { files } = await commit();
    expect(files.map((file) => file.path)).toEqual(['vendor/a.js']);
  });

  it('takes bytes as they are whatever attributes say', async () => {
    write('.gitattributes', '*.txt text eol=crlf working-tree-encoding=UTF-16 filter=lfs ident\n');
    write('a.txt', Buffer.from('$Id$\r\n\n'));
    const { commit: sha } = await commit();
    const target = join(outside, sha);
    mkdirSync(target);
    await projects.checkoutCommit(project, sha, target);
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('$Id$\r\n\n');
    expect(existsSync(join(target, 'node_modules'))).toBe(false);
  });

  it('gets past files and folders that may not be read', async () => {
    write('secret.txt', 'x');
    chmodSync(join(tree, 'secret.txt'), 0o000);
    chmodSync(join(tree, 'src'), 0o000);
    const { files } = await commit();
    expect(files.map((file) => file.path)).toEqual(['secret.txt']);
  });

  it('runs nothing that a tree asks for, and follows no link', async () => {
    const secret = join(outside, 'secret');
    writeFileSync(secret, 'outside');
    symlinkSync(secret, join(tree, 'link'));
    mkdirSync(join(tree, '.git/hooks'), { recursive: true });
    write('.git/config', `[core]\nfsmonitor = touch ${outside}/ran\nhooksPath = .git/hooks\n`);
    write('.git/hooks/pre-commit', `#!/bin/sh\ntouch ${outside}/ran\n`);
    chmodSync(join(tree, '.git/hooks/pre-commit'), 0o755);
    const { files } = await commit();
    expect(files.map((file) => file.path)).toEqual(['link']);
    expect(existsSync(join(outside, 'ran'))).toBe(false);
    const shown = await ann.call('GET', `/api/projects/${project.id}/file?path=link`);
    expect(shown.body).toMatchObject({ content: secret, size: secret.length });
  });

  it('goes on when an agent removed its tree or put a link in its place', async () => {
    rmSync(tree, { recursive: true });
    expect((await projects.commitTree(project, change))?.files.every((file) => file.change === 'DELETED')).toBe(true);
    rmSync(tree, { recursive: true });
    symlinkSync(outside, tree);
    await projects.cleanTree(project);
    expect(lstatSync(tree).isDirectory()).toBe(true);
    expect(existsSync(join(tree, 'package.json'))).toBe(true);
    expect(existsSync(join(outside, 'package.json'))).toBe(false);
  });
});

describe('cleanTree', () => {
  it('brings the newest version back and keeps what was there under a name', async () => {
    write('README.md', 'kept\n');
    await commit();
    write('README.md', 'broken\n');
    write('junk.txt', 'junk');
    rmSync(join(tree, 'package.json'));
    rmSync(join(tree, 'node_modules'));
    await projects.cleanTree(project, { keepAs: '77' });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toBe('kept\n');
    expect(existsSync(join(tree, 'junk.txt'))).toBe(false);
    expect(existsSync(join(tree, 'package.json'))).toBe(true);
    expect(readlinkSync(join(tree, 'node_modules'))).toMatch(/^\/opt\/deps\/[0-9a-f]{32}\/node_modules$/);
    expect(existsSync(join(home, 'repositories', `${project.id}.git`, 'refs/attempts/77'))).toBe(true);
    expect(await projects.commitTree(project, change)).toBeNull();
  });

  it('drops a commit that never became a version', async () => {
    write('a.txt', 'a');
    await projects.commitTree(project, change);
    await projects.cleanTree(project);
    expect(existsSync(join(tree, 'a.txt'))).toBe(false);
  });

  it('survives a lock that a killed git left behind', async () => {
    writeFileSync(join(home, 'repositories', `${project.id}.git`, 'index.lock'), '');
    await projects.cleanTree(project);
    write('a.txt', 'a');
    expect((await projects.commitTree(project, change))?.files).toHaveLength(1);
  });
});

describe('readyTree', () => {
  it('gives a turn the newest version, whatever an attempt before it left', async () => {
    await projects.readyTree(project);
    write('half.txt', 'half');
    rmSync(join(tree, 'package.json'));
    await projects.readyTree(project);
    expect(existsSync(join(tree, 'half.txt'))).toBe(false);
    expect(existsSync(join(tree, 'package.json'))).toBe(true);
  });

  it('gives back what became no version, also to who edits a file by hand', async () => {
    write('a.txt', 'a');
    await projects.commitTree(project, change);
    await projects.readyTree(project);
    expect(existsSync(join(tree, 'a.txt'))).toBe(false);
    write('a.txt', 'a');
    await projects.commitTree(project, change);
    const path = `/api/projects/${project.id}/file?path=b.txt`;
    expect((await ann.call('PUT', path, { body: { content: 'b' }, headers: { 'if-none-match': '*' } })).status).toBe(
      200,
    );
    expect(['a.txt', 'b.txt'].map((name) => existsSync(join(tree, name)))).toEqual([false, true]);
    await projects.readyTree(project);
    expect(await projects.commitTree(project, change)).toBeNull();
  });

  it('lays nothing again where the tree stands at the newest version', async () => {
    // Nobody writes to a tree that no turn has: were it cleaned, this would be gone.
    write('mark.txt', 'x');
    await projects.readyTree(project);
    expect(existsSync(join(tree, 'mark.txt'))).toBe(true);
  });
});

describe('two at once', () => {
  it('take turns on a repository', async () => {
    write('a.txt', 'a');
    const both = await Promise.all([projects.commitTree(project, change), projects.commitTree(project, change)]);
    expect(both.map((one) => one?.files.length)).toEqual([1, 1]);
  });
});

describe('templates', () => {
  it('lays a template without dependencies', async () => {
    const [source] = await projects.templates();
    const target = join(outside, 'template');
    mkdirSync(target);
    await source?.checkout(target);
    expect(existsSync(join(target, 'package.json'))).toBe(true);
    expect(existsSync(join(target, 'node_modules'))).toBe(false);
  });
});
