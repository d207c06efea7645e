import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '../config.ts';
import { findClaude } from './find-claude.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'tk-claude-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(path: string, text: string, mode = 0o755): string {
  const file = join(dir, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
const native = '\x7fELF and so on';

test('a program of one file, found on the path through its link', async () => {
  const file = put('share/versions/2.1', native);
  mkdirSync(join(dir, 'bin'));
  symlinkSync(file, join(dir, 'bin', 'claude'));
  put('first/claude', native, 0o644);
  const found = await findClaude('claude', `${join(dir, 'first')}:relative:${join(dir, 'bin')}`);
  expect(found).toEqual({
    program: '/opt/claude/claude',
    bind: { from: file, to: '/opt/claude/claude', mode: 'ro', trusted: true },
  });
  expect(await findClaude(file, '')).toEqual(found);
});

test('a program of npm, shown with its package', async () => {
  const file = put('lib/claude-code/dist/cli.js', '#!/usr/bin/env node');
  put('lib/claude-code/package.json', '{}');
  expect(await findClaude(file, '')).toEqual({
    program: '/opt/claude/dist/cli.js',
    bind: { from: join(dir, 'lib/claude-code'), to: '/opt/claude', mode: 'ro', trusted: true },
  });
});

test.each([
  [
    'none on the path',
    () => 'claude',
    'there is no program claude on the PATH. Install it, or set TALKIDE_CLAUDE_PROGRAM',
  ],
  ['none at a path', () => join(dir, 'away'), 'there is no program /'],
  ['a folder', () => dir, 'there is no program /'],
  ['a file that may not be run', () => put('claude', native, 0o644), 'there is no program /'],
  [
    'a script around it',
    () => put('claude', '#!/bin/sh\nexec other'),
    'is not the program itself. Set TALKIDE_CLAUDE_PROGRAM',
  ],
])('%s is refused with the mend', async (_what, command, sentence) => {
  const refusal = findClaude(command(), join(dir, 'nothing'));
  await expect(refusal).rejects.toBeInstanceOf(ConfigError);
  await expect(refusal).rejects.toThrow(sentence);
});
