import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the socket of an application: until when it asks to be kept awake, in milliseconds since 1970. */
const FILE = 'awake';
const MAX_BYTES = 32;

/** Until when an application asks to be kept awake, for work that no visitor waits for; 0 when it does not ask. */
export function readAwakeUntil(appDir: string): number {
  let file: number | null = null;
  try {
    // The folder is the application's to write: what lies there may be a link, a pipe, or endless.
    file = openSync(join(appDir, FILE), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return 0;
    const bytes = Buffer.alloc(MAX_BYTES);
    const text = bytes.toString('latin1', 0, readSync(file, bytes)).trim();
    return /^\d{1,15}$/.test(text) ? Number(text) : 0;
  } catch {
    return 0;
  } finally {
    if (file !== null) closeSync(file);
  }
}
