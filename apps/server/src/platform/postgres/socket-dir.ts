import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { folderError, PostgresStartError } from './errors.ts';

/** The kernel takes 107 bytes for a socket's path on Linux, 103 on macOS; `.s.PGSQL.5432` is 14 of them. */
const MAX_SOCKET_DIR_BYTES = 85;

/** A short name for a folder, the same at every start. */
export const folderId = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 12);

/** The wanted folder where the socket's path fits, else a short one below the system's temporary folder. */
export function chooseSocketDir(wanted: string, dataDir: string): string {
  if (Buffer.byteLength(wanted) <= MAX_SOCKET_DIR_BYTES) return wanted;
  const name = `talkide-pg-${folderId(dataDir)}`;
  const inTemp = join(tmpdir(), name);
  return Buffer.byteLength(inTemp) <= MAX_SOCKET_DIR_BYTES ? inTemp : join('/tmp', name);
}

/** Makes the folder, owned by the server's account. A stranger's folder of that name in a shared /tmp is refused. */
export function makeSocketDir(folder: string, account: Account | undefined): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const made = lstatSync(folder);
    const mine = made.uid === process.getuid?.() || made.uid === account?.uid;
    if (!made.isDirectory() || !mine) {
      throw new PostgresStartError(
        'DATABASE_FOLDER_UNWRITABLE',
        `The folder ${folder} for the database's socket belongs to somebody else.`,
        'Remove it, or choose another data folder with TALKIDE_HOME.',
      );
    }
    if (account && made.uid !== account.uid) chownSync(folder, account.uid, account.gid);
  } catch (error) {
    throw folderError(folder, error);
  }
}
