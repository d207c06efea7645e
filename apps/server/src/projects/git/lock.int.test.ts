import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locked } from './scripts.ts';

let dir: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-'));
  for (const folder of ['repository', 'flock', 'perl']) mkdirSync(join(dir, folder));
  for (const [folder, ...programs] of [
    ['flock', 'flock', 'rm'],
    ['perl', 'perl', 'rm'],
  ] as const)
    for (const program of programs) symlinkSync(join('/usr/bin', program), join(dir, folder, program));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Takes the lock, says so, and holds it until its input ends. */
function holder(folder: 'flock' | 'perl') {
  const env = { PATH: join(dir, folder), GIT_DIR: join(dir, 'repository') };
  const child = spawn('/bin/sh', ['-c', `echo begun; ${locked} echo has it; read -r line || true`], { env });
  started.push(child);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { child, said: () => said };
}

// macOS has perl and no flock; one is no less a lock to the other.
test.each([
  ['flock', 'flock'],
  ['perl', 'perl'],
  ['perl', 'flock'],
] as const)('a lock taken by %s is waited for by %s', async (first, second) => {
  const one = holder(first);
  await expect.poll(one.said, { timeout: 10_000 }).toContain('has it');
  const two = holder(second);
  await expect.poll(two.said, { timeout: 10_000 }).toContain('begun');
  expect(two.said()).not.toContain('has it');
  one.child.stdin.end();
  await expect.poll(two.said, { timeout: 10_000 }).toContain('has it');
  two.child.stdin.end();
  expect(await once(two.child, 'exit')).toEqual([0, null]);
});
