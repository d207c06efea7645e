import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFiles, templateFiles } from './files.ts';
import { StackManifest } from './manifest.ts';

/** A stack that applications can be built on. */
export interface Stack extends StackManifest {
  templateDir: string;
  /** Names the template's content. */
  templateHash: string;
  /** Key of the shared dependencies: names the content of the template's lockfile. */
  dependenciesKey: string;
}

export interface Stacks {
  /** The first one is what a request gets that names none. */
  readonly all: readonly Stack[];
  find(id: string): Stack | null;
}

const LOCKFILE = 'package-lock.json';

/** Reads every `<dir>/*\/stack.json`. Throws a sentence with the mend when one does not fit or there is none. */
export async function loadStacks(dir: string): Promise<Stacks> {
  const folders = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const all = await Promise.all(folders.map((folder) => loadStack(dir, folder)));
  if (all.length === 0) throw new Error(`There is no stack in ${dir}. Restore the folder from the repository.`);
  return { all, find: (id) => all.find((stack) => stack.id === id) ?? null };
}

async function loadStack(dir: string, folder: string): Promise<Stack> {
  const file = join(dir, folder, 'stack.json');
  const read = async () => StackManifest.parse(JSON.parse(await readFile(file, 'utf8')));
  const manifest = await read().catch((error: unknown) => {
    throw new Error(`${file} is not a stack manifest. Mend it or remove the folder.`, { cause: error });
  });
  if (manifest.id !== folder) throw new Error(`${file} has the id ${manifest.id}. Give it its folder's name.`);
  const templateDir = join(dir, folder, 'template');
  const [files, lockfile] = await Promise.all([templateFiles(templateDir), readFile(join(templateDir, LOCKFILE))]);
  return {
    ...manifest,
    templateDir,
    templateHash: await hashFiles(templateDir, files),
    dependenciesKey: createHash('sha256').update(lockfile).digest('hex').slice(0, 32),
  };
}
