import { lstat, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../platform/secrets.ts';

/** Packages of a project's own that stay; those of the version that is worked on are always the youngest. */
const KEPT = 4;
const KEPT_MS = 3_600_000;
const LIMITS = { bytes: 600 * 1024 * 1024, files: 80_000 };

/** Names the packages of a lockfile; the same rule links `node_modules` in a tree (`projects/git/scripts.ts`). */
export const packagesKey = (lockfile: string): string => sha256(lockfile).slice(0, 32);

/** A folder to install in; what is left of it when `work` is done is removed. */
export async function withDraft<T>(folder: string, work: (draft: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(folder, 'draft-'));
  try {
    return await work(draft);
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
  }
}

/** Whether packages are there; they count as used now. */
export async function usePackages(folder: string, key: string): Promise<boolean> {
  const now = new Date();
  return utimes(join(folder, key), now, now).then(
    () => true,
    () => false,
  );
}

/** Takes what was installed into the store under its key, and lets go of what was not used for long. */
export async function keepPackages(folder: string, key: string, draft: string): Promise<void> {
  // Of an application without any package npm makes no folder.
  await mkdir(join(draft, 'node_modules'), { recursive: true });
  await rename(draft, join(folder, key)).catch(async (error: unknown) => {
    if (!(await usePackages(folder, key))) throw error;
  });
  await forgetOld(folder);
}

/** Packages that the platform has already, shared by all. Sandboxes that see the project's folder see those too. */
export async function linkShared(folder: string, key: string, shared: string): Promise<void> {
  await withDraft(folder, async (draft) => {
    await symlink(shared, join(draft, 'node_modules'));
    await rename(draft, join(folder, key)).catch(() => {});
  });
}

async function forgetOld(folder: string): Promise<void> {
  const before = Date.now() - KEPT_MS;
  const stats = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, at: (await lstat(join(folder, name))).mtimeMs })),
  );
  const old = stats.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { name, at } of old) {
    if (at < before) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Whether what was installed is more than an application may have. Nothing writes there any more. */
export async function isTooLarge(draft: string): Promise<boolean> {
  const sum = { bytes: 0, files: 0 };
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      sum.files += 1;
      if (sum.files > LIMITS.files || sum.bytes > LIMITS.bytes) return;
      if (entry.isDirectory()) await visit(child);
      else sum.bytes += (await lstat(child)).size;
    }
  };
  await visit(draft);
  return sum.files > LIMITS.files || sum.bytes > LIMITS.bytes;
}

export const TOO_LARGE = `These packages take more than ${LIMITS.bytes / 1024 / 1024} MB. Choose smaller ones.`;

/** Lays the two files that say what is to be installed. */
export async function laySource(draft: string, files: { packageJson: string; lockfile: string }): Promise<void> {
  await writeFile(join(draft, 'package.json'), files.packageJson);
  await writeFile(join(draft, 'package-lock.json'), files.lockfile);
}
