import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HomeError, openHome } from './home.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'talkide-home-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const ownerFile = (home: string) => join(home, 'run', 'owner');

test('a home is made where it is missing; what is private is its owner’s alone', async () => {
  const home = await openHome(join(folder, 'a', 'b'));
  expect(home.path).toBe(join(folder, 'a', 'b'));
  expect((await stat(join(home.path, 'log'))).mode & 0o777).toBe(0o700);
  home.release();
});

test('a home reached over a link is the same home', async () => {
  const direct = await openHome(join(folder, 'real'));
  direct.release();
  await symlink(join(folder, 'real'), join(folder, 'link'));
  const linked = await openHome(join(folder, 'link'));
  expect(linked).toMatchObject({ path: direct.path, id: direct.id });
  linked.release();
});

describe('one process has a home', () => {
  test('another that runs keeps it', async () => {
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { openHome } from ${JSON.stringify(new URL('home.ts', import.meta.url).href)};
       await openHome(${JSON.stringify(folder)}); console.log('held'); process.stdin.resume();`,
    ]);
    await once(holder.stdout, 'data');
    await expect(openHome(folder)).rejects.toThrow(
      `TalkIDE runs on the folder ${folder} already (process ${holder.pid}).`,
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const home = await openHome(folder);
    expect(await readFile(ownerFile(folder), 'utf8')).toMatch(`${process.pid} `);
    home.release();
  });

  test.each(['', 'nonsense', '1', '999999999 5', '1 5'])('the claim “%s” of nobody is void', async (claim) => {
    await mkdir(join(folder, 'run'));
    await writeFile(ownerFile(folder), claim);
    (await openHome(folder)).release();
    await expect(stat(ownerFile(folder))).rejects.toThrow('ENOENT');
  });
});

test('a file in the place of the home is a sentence with the mend', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
    const error = await openHome(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HomeError);
    expect(error).toMatchObject({
      message: expect.stringContaining(path),
      mend: expect.stringContaining('TALKIDE_HOME'),
    });
  }
});

test('a log that grew large is put aside', async () => {
  await mkdir(join(folder, 'log'));
  await writeFile(join(folder, 'log', 'talkide.log'), Buffer.alloc(11 * 1024 * 1024));
  (await openHome(folder)).release();
  expect((await stat(join(folder, 'log', 'talkide.log.1'))).size).toBe(11 * 1024 * 1024);
});
