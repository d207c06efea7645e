import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const LOCKED = new Set(['EACCES', 'EPERM']);
const options = { recursive: true, force: true } as const;

/** Removes whatever is at a path. Folders in which a program locked its files are unlocked: they are of our own user. */
export function removeTree(path: string): void {
  try {
    rmSync(path, options);
  } catch (error) {
    unlock(path, error);
    rmSync(path, options);
  }
}

/** The same without blocking while it is removed. */
export async function removeTreeLater(path: string): Promise<void> {
  await rm(path, options).catch(async (error: unknown) => {
    unlock(path, error);
    await rm(path, options);
  });
}

function unlock(path: string, error: unknown): void {
  if (!LOCKED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    chmodSync(path, 0o700);
  } catch {
    throw error; // another's
  }
  for (const entry of readdirSync(path)) unlock(join(path, entry), error);
}
