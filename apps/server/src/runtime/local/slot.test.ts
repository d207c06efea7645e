import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkTree } from './slot.ts';

let dir: string;
let [from, to] = ['', ''];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'slot-'));
  [from, to] = [join(dir, 'from'), join(dir, 'to')];
  for (const folder of [from, to, join(dir, 'secret')]) mkdirSync(folder);
  writeFileSync(join(dir, 'secret', 'key'), 'never seen');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('files are shown with the folders they are in, and counted', () => {
  mkdirSync(join(from, 'below'));
  writeFileSync(join(from, 'one'), '1');
  writeFileSync(join(from, 'below', 'two'), '2');
  expect(linkTree(from, to)).toBe(2);
  expect(readFileSync(join(to, 'below', 'two'), 'utf8')).toBe('2');
});

test('a link in place of the folder is not followed', () => {
  rmSync(from, { recursive: true });
  symlinkSync(join(dir, 'secret'), from);
  expect(() => linkTree(from, to)).toThrow(/ELOOP|ENOTDIR/);
  expect(readdirSync(to)).toEqual([]);
});

test('links inside stay links, to wherever that is in the sandbox', () => {
  symlinkSync(join(dir, 'secret'), join(from, 'folder'));
  linkTree(from, to);
  rmSync(join(dir, 'secret'), { recursive: true });
  expect(() => readdirSync(join(to, 'folder'))).toThrow('ENOENT');
});

test('a folder with more than is worth it is refused', () => {
  for (let i = 0; i < 501; i++) writeFileSync(join(from, String(i)), '');
  expect(() => linkTree(from, to)).toThrow();
});
