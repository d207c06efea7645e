import type { ObjectStorage } from './storage.ts';

/** Younger objects may be of work that is not written down yet. */
const OLD_MS = 24 * 3_600_000;

/**
 * Removes objects that nothing speaks of: of a process that died, or of a project that is gone. Where none is spoken of, the
 * database is another one than theirs, and they stay.
 */
export async function sweepObjects(
  storage: ObjectStorage,
  prefix: string,
  known: (keys: readonly string[]) => Promise<ReadonlySet<string>>,
  now = Date.now(),
): Promise<void> {
  const lost: string[] = [];
  let ours = false;
  let after: string | undefined;
  do {
    const page = await storage.list(prefix, after === undefined ? {} : { after });
    const old = page.items.filter((one) => one.modifiedAt.getTime() < now - OLD_MS).map((one) => one.key);
    const spokenOf = await known(old);
    ours ||= spokenOf.size > 0;
    lost.push(...old.filter((key) => !spokenOf.has(key)));
    after = page.next ?? undefined;
  } while (after !== undefined);
  if (ours) await storage.remove(lost);
}
