import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DomainError } from '../../errors.ts';
import { createLocalRuntime, type Runtime } from '../../runtime/index.ts';
import { BLOCK, mountSmallDisk, type SmallDisk } from '../../testing/index.ts';
import { createGit, type Git } from './git.ts';
import {
  cleanTo,
  commitAll,
  commitFile,
  listTree,
  PLATFORM,
  type Place,
  readEntry,
  restoreTo,
  snapshot,
  standsAt,
} from './repository.ts';
import { initScript } from './scripts.ts';

const author = { name: 'Ada', email: 'ada@example.com' };
const PAGES = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `pages/${name}.txt`);
/** From nothing to more than a script needs: each of its steps meets the full disk once. */
const LEFT = Array.from({ length: 32 }, (_, blocks) => blocks * BLOCK);

let dir: string;
let disk: SmallDisk;
let runtime: Runtime;
let git: Git;
let place: Place;
let first: string;
let firstTexts: string[];

const path = (name: string) => join(place.tree, name);
/** Texts that do not shrink when git packs them: where the first finds no room, those after it may. */
const someTexts = () => PAGES.map((_, i) => randomBytes(i === 0 ? 20_000 : 2000).toString('hex'));
const write = (texts: string[]) => {
  for (const [i, page] of PAGES.entries()) writeFileSync(path(page), String(texts[i]));
  return texts;
};

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'talkide-no-room-')));
  disk = mountSmallDisk(join(dir, 'disk'), 16);
  const secretFile = join(dir, 'secret.key');
  writeFileSync(secretFile, 'secret', { mode: 0o600 });
  runtime = await createLocalRuntime({
    homeId: `no-room-${process.pid}`,
    stateDir: join(dir, 'runtime'),
    secretFile,
    bwrap: '/usr/bin/bwrap',
    node: process.execPath,
    arch: process.arch,
  });
  git = createGit(runtime);
  place = {
    repository: join(disk.path, 'repository'),
    tree: join(disk.path, 'tree'),
    modules: { shared: '/a', own: '/b' },
  };
  for (const folder of [place.repository, place.tree, path('pages')]) mkdirSync(folder);
  firstTexts = marks(write(PAGES.map(() => 'as it was\n')));
  const { stdout } = await git.run({
    script: initScript,
    args: ['nothing'],
    repository: { dir: place.repository, mode: 'rw' },
    tree: { dir: place.tree, mode: 'rw' },
    env: PLATFORM,
  });
  [first = ''] = stdout.toString().split(' ');
});

afterAll(async () => {
  await runtime?.close();
  disk?.unmount();
  rmSync(dir, { recursive: true, force: true });
});

/** What comes of work on a disk that has so many bytes left. */
const leaving = <T>(bytes: number, work: () => Promise<T>): Promise<T | 'disk_full'> =>
  disk.leaving(bytes, work).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'disk_full') return 'disk_full';
    throw error;
  });

const clean = () => cleanTo(git, place, first, null);
/** Enough of each text to tell it from others, and little enough to read when it is another. */
const marks = (texts: string[]) => texts.map((text) => `${text.slice(0, 12)}, ${text.length} bytes`);
const laidOut = () => marks(PAGES.map((page) => readFileSync(path(page), 'utf8')));

async function inCommit(commit: string | undefined): Promise<string[]> {
  if (commit === undefined) return [];
  const { entries } = await listTree(git, place.repository, commit);
  expect(entries.map((entry) => entry.path)).toEqual(PAGES);
  const blobs = PAGES.map((page) => readEntry(git, place.repository, { commit, path: page, maxBytes: 100_000 }));
  return marks((await Promise.all(blobs)).map((blob) => String(blob?.content)));
}

/** Goes through all of `LEFT`: says what came of each, once there was room for both answers. */
async function each(work: (bytes: number) => Promise<'done' | 'disk_full'>): Promise<void> {
  const outcomes = new Set<string>();
  for (const bytes of LEFT) outcomes.add(await work(bytes));
  expect([...outcomes].sort()).toEqual(['disk_full', 'done']);
}

test('a commit without room is refused as that, and never leaves a file out', async () => {
  await each(async (bytes) => {
    await clean();
    // What an earlier look at the tree has staged is not all that is committed.
    write(someTexts());
    await snapshot(git, place);
    const texts = marks(write(someTexts()));
    const change = { parent: first, message: 'Change all', author };
    const made = await leaving(bytes, () => commitAll(git, place, change));
    if (made !== 'disk_full') {
      expect(await inCommit(made?.commit)).toEqual(texts);
      return 'done';
    }
    // Nothing that was written is lost: with room it is the same commit.
    const again = await commitAll(git, place, change);
    expect(await inCommit(again?.commit)).toEqual(texts);
    return 'disk_full';
  });
});

test('saving a file without room is refused as that, and can be done again', async () => {
  const page = String(PAGES[2]);
  await each(async (bytes) => {
    await clean();
    const edit = {
      parent: first,
      path: page,
      mode: '100644',
      content: String(someTexts()[0]),
      message: 'Edit',
      author,
    };
    const made = await leaving(bytes, () => commitFile(git, place, edit));
    // A turn that begins now is given no half of it.
    if (made === 'disk_full' && (await standsAt(place, first))) expect(laidOut()).toEqual(firstTexts);
    const saved = made === 'disk_full' ? await commitFile(git, place, edit) : made;
    const [mark] = marks([edit.content]);
    expect((await inCommit(saved?.commit))[2]).toBe(mark);
    expect(laidOut()[2]).toBe(mark);
    return made === 'disk_full' ? 'disk_full' : 'done';
  });
});

test('going back to an older version, or to where a turn began, without room is refused as that', async () => {
  await clean();
  const texts = marks(write(someTexts()));
  const other = await commitAll(git, place, { parent: first, message: 'Other', author });
  const change = { parent: first, target: String(other?.commit), message: 'Restore', author };
  await each(async (bytes) => {
    await clean();
    const made = await leaving(bytes, () => restoreTo(git, place, change));
    if (made === 'disk_full') await restoreTo(git, place, change);
    expect(laidOut()).toEqual(texts);
    return made === 'disk_full' ? 'disk_full' : 'done';
  });
  await each(async (bytes) => {
    await clean();
    const made = await leaving(bytes, () => cleanTo(git, place, change.target, null));
    if (made === 'disk_full') await cleanTo(git, place, change.target, null);
    expect(laidOut()).toEqual(texts);
    return made === 'disk_full' ? 'disk_full' : 'done';
  });
});
