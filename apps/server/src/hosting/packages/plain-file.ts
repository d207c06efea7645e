import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** The text of a plain file that a sandbox left; null when it is missing, a link or a special file, or larger than that. */
export async function readPlain(path: string, maxBytes: number): Promise<string | null> {
  // Not blocking: a pipe of that name would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (!file) return null;
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= maxBytes ? await file.readFile('utf8') : null;
  } finally {
    await file.close();
  }
}
