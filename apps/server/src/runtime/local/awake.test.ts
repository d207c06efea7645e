import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAwakeUntil } from './awake.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'awake-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const file = () => join(dir, 'awake');

test('nothing is asked for where there is no file', () => expect(readAwakeUntil(dir)).toBe(0));

test.each([
  ['1790000000000', 1_790_000_000_000],
  ['1790000000000\n', 1_790_000_000_000],
  ['', 0],
  ['-5', 0],
  ['tomorrow', 0],
  ['Infinity', 0],
  ['9'.repeat(400), 0],
])('what %j asks for', (text, until) => {
  writeFileSync(file(), text);
  expect(readAwakeUntil(dir)).toBe(until);
});

test.each([
  ['a link', () => symlinkSync('/proc/sys/kernel/pid_max', file())],
  ['a folder', () => mkdirSync(file())],
  ['a pipe that nobody writes to', () => execFileSync('mkfifo', [file()])],
])('%s asks for nothing', (_what, make) => {
  make();
  expect(readAwakeUntil(dir)).toBe(0);
});
