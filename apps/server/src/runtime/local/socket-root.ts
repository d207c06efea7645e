import { lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../platform/remove-tree.ts';

function ownFolder(path: string, kept: readonly string[]): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(path);
    // Anyone may write beside it: a folder (or link) somebody else put there first is not used.
    if (!lstatSync(path).isDirectory() || uid !== process.getuid?.() || (mode & 0o077) !== 0) return false;
    for (const name of readdirSync(path)) {
      if (!kept.includes(name)) removeTree(join(path, name));
    }
    return true;
  } catch {
    return false;
  }
}

const rootOf = (sharedMemoryDir: string, homeId: string) => join(sharedMemoryDir, `talkide-${homeId}`);

/** Removes what a process that died left. */
export const removeSocketRoot = (homeId: string, sharedMemoryDir: string): void =>
  removeTree(rootOf(sharedMemoryDir, homeId));

/**
 * A folder for the sockets of a home's apps, empty but for what is to be kept, and short enough for socket paths. In `sharedMemoryDir` (/dev/shm)
 * what an app writes beside its socket counts as its memory; in `fallbackDir` it would fill the disk.
 */
export function openSocketRoot(
  homeId: string,
  sharedMemoryDir: string,
  fallbackDir: string,
  kept: readonly string[] = [],
): string {
  const preferred = rootOf(sharedMemoryDir, homeId);
  return ownFolder(preferred, kept) ? preferred : mkdtempSync(join(fallbackDir, 'tk-'));
}
