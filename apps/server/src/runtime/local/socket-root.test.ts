import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSocketRoot } from './socket-root.ts';

let dir: string;
let shm: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sr-'));
  shm = join(dir, 'shm');
  mkdirSync(shm);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('is private, and empty also when an earlier platform left something', () => {
  const root = openSocketRoot('home', shm, dir);
  expect(root).toBe(join(shm, 'talkide-home'));
  expect(statSync(root).mode & 0o777).toBe(0o700);
  writeFileSync(join(root, 'left'), '');
  mkdirSync(join(root, 'kept'));
  const kept = statSync(join(root, 'kept')).ino;
  expect(readdirSync(openSocketRoot('home', shm, dir, ['kept']))).toEqual(['kept']);
  expect(statSync(join(root, 'kept')).ino).toBe(kept);
  expect(readdirSync(openSocketRoot('home', shm, dir))).toEqual([]);
});

test('is elsewhere when the name is taken by a link, by an open folder, or there is no shared memory', () => {
  symlinkSync(dir, join(shm, 'talkide-link'));
  mkdirSync(join(shm, 'talkide-open'));
  chmodSync(join(shm, 'talkide-open'), 0o777);
  writeFileSync(join(dir, 'file'), '');
  for (const [id, place] of [
    ['link', shm],
    ['open', shm],
    ['none', join(dir, 'file')],
  ] as const) {
    expect(openSocketRoot(id, place, dir)).toMatch(new RegExp(`^${join(dir, 'tk-')}`));
  }
});
