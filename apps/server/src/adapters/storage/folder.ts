import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, checkKey, type ObjectPage, type ObjectStorage, StorageFull } from './storage.ts';

const DRAFTS = '.drafts';
const PAGE = 1_000;

/** Objects as files below a folder. `drafts` is on the same disk and this process's alone: what lies there is left over. */
export async function createFolderStorage(folder: string, drafts = join(folder, DRAFTS)): Promise<ObjectStorage> {
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true, mode: 0o700 });
  const pathOf = (key: string) => join(folder, checkKey(key));

  return {
    async put(key, body) {
      const draft = join(drafts, randomUUID());
      try {
        const file = createWriteStream(draft, { mode: 0o600, flush: true });
        await pipeline(body, file);
        await moveInto(draft, pathOf(key));
        return { bytes: file.bytesWritten };
      } catch (error) {
        await rm(draft, { force: true });
        const { code } = error as NodeJS.ErrnoException;
        throw code === 'ENOSPC' || code === 'EDQUOT' ? new StorageFull('The disk is full.', { cause: error }) : error;
      }
    },
    get: (key, range) => read(pathOf(key), range),
    async remove(keys) {
      for (const key of keys) {
        await rm(pathOf(key), { force: true });
        await removeEmpty(folder, dirname(pathOf(key)));
      }
    },
    list: (prefix, page = {}) => list(folder, checkKey(prefix), page),
  };
}

/** A folder that another call finds empty and removes is made again. */
async function moveInto(draft: string, target: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      return await rename(draft, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 10) throw error;
    }
  }
}

async function read(path: string, range?: ByteRange): Promise<{ body: Readable; bytes: number } | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!file) return null;
  const { size } = await file.stat();
  return { body: file.createReadStream(range), bytes: size };
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== root; at = dirname(at)) {
    if (
      !(await rmdir(at)
        .then(() => true)
        .catch(() => false))
    )
      return;
  }
}

async function list(root: string, prefix: string, { after = '', limit = PAGE }: { after?: string; limit?: number }) {
  const page: ObjectPage = { items: [], next: null };
  for await (const key of keysBelow(root, prefix, after)) {
    if (page.items.length === limit) return { ...page, next: page.items.at(-1)?.key ?? null };
    const found = await stat(join(root, key)).catch(() => null);
    if (found) page.items.push({ key, bytes: found.size, modifiedAt: found.mtime });
  }
  return page;
}

/** The keys after one, in their order, without reading folders that come before it. */
async function* keysBelow(root: string, at: string, after: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, at), { withFileTypes: true }).catch(() => []);
  // What is in a folder comes where its name with a slash does: `a-b` before `a/b`.
  const keys = entries.map((entry) => `${at}/${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
  for (const key of keys) {
    if (!key.endsWith('/')) {
      if (key > after) yield key;
    } else if (key > after || after.startsWith(key)) yield* keysBelow(root, key.slice(0, -1), after);
  }
}
