import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArtefactRefused, createArtefactStore } from './artefacts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkide-artefacts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(name: string, files: Record<string, string>): Promise<string> {
  const dir = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

test('the same content is one artefact, another content another', async () => {
  const store = createArtefactStore(join(folder, 'store'));
  const first = await store.add(await build('a', { 'dist/server.js': 'one', 'migrations/1.sql': 'x' }), [
    'dist',
    'migrations',
  ]);
  const again = await store.add(
    await build('b', { 'dist/server.js': 'one', 'migrations/1.sql': 'x', 'src/other.ts': 'y' }),
    ['migrations', 'dist'],
  );
  const other = await store.add(await build('c', { 'dist/server.js': 'two', 'migrations/1.sql': 'x' }), [
    'dist',
    'migrations',
  ]);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await store.has(first)).toBe(true);
  expect(await store.has('sha256:0000')).toBe(false);
});

test('parallel adds of the same content agree', async () => {
  const store = createArtefactStore(join(folder, 'store'));
  const dir = await build('a', { 'dist/server.js': 'one' });
  const digests = await Promise.all(Array.from({ length: 8 }, () => store.add(dir, ['dist'])));
  expect(new Set(digests).size).toBe(1);
});

test('moving a byte from one file to the next changes the digest', async () => {
  const store = createArtefactStore(join(folder, 'store'));
  const one = await store.add(await build('a', { 'dist/a': 'xy', 'dist/b': 'z' }), ['dist']);
  const two = await store.add(await build('b', { 'dist/a': 'x', 'dist/b': 'yz' }), ['dist']);
  expect(two).not.toBe(one);
});

test('a link in the outputs is refused: it could lead outside', async () => {
  const store = createArtefactStore(join(folder, 'store'));
  const dir = await build('a', { 'dist/server.js': 'one' });
  await symlink('/etc/passwd', join(dir, 'dist', 'passwd'));
  await expect(store.add(dir, ['dist'])).rejects.toThrow(ArtefactRefused);
});

test('a missing output is refused by its name', async () => {
  const store = createArtefactStore(join(folder, 'store'));
  await expect(store.add(await build('a', { 'dist/x': '' }), ['dist', 'migrations'])).rejects.toThrow(
    'The build made no migrations.',
  );
});
