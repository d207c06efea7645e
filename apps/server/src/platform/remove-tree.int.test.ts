import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const NOBODY = 65_534;

/** As an ordinary user, whom a folder's mode binds: root may do anything. */
function asUser(body: string, cwd: string): Promise<unknown> {
  const module = JSON.stringify(new URL('./remove-tree.ts', import.meta.url).href);
  const program = `import fs from 'node:fs'; import { removeTree, removeTreeLater } from ${module}; ${body}`;
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { ...user, cwd, env: {} });
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rt-'));
  chmodSync(dir, 0o777);
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const LOCKED = `fs.mkdirSync('a/b/c', { recursive: true }); fs.writeFileSync('a/b/c/file', ''); fs.symlinkSync('../kept', 'a/link');
  fs.chmodSync('a/b/c', 0o500); fs.chmodSync('a/b', 0o000);`;

test.each(['removeTree', 'removeTreeLater'])('%s removes what was locked, and nothing else', async (name) => {
  const dir = folder();
  mkdirSync(join(dir, 'kept'));
  writeFileSync(join(dir, 'kept', 'file'), '');
  await asUser(`${LOCKED} await ${name}('a'); await ${name}('never-there');`, dir);
  expect([existsSync(join(dir, 'a')), existsSync(join(dir, 'kept', 'file'))]).toEqual([false, true]);
});

test('a link is removed itself', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'kept', 'in'), { recursive: true });
  symlinkSync('kept', join(dir, 'link'));
  chmodSync(join(dir, 'kept'), 0o500);
  await asUser(`removeTree('link');`, dir);
  expect([existsSync(join(dir, 'link')), existsSync(join(dir, 'kept', 'in'))]).toEqual([false, true]);
});

test('what cannot be removed says so', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'others'));
  writeFileSync(join(dir, 'others', 'file'), '');
  chmodSync(dir, 0o755);
  const asked = asUser(`removeTree('others');`, dir);
  if (process.getuid?.() === 0) await expect(asked).rejects.toThrow('EACCES');
  else await asked;
});
