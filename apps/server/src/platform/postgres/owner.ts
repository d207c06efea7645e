import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMark } from '../process-info.ts';
import { PostgresStartError } from './errors.ts';

/**
 * Claims the folder for this process, so that a second platform does not stop the first one's server as a left-over.
 * Returns the release. A claim of a process that no longer runs is void.
 */
export function claimFolder(dataDir: string): () => void {
  const path = join(dataDir, 'owner');
  const holder = readClaim(path);
  if (holder !== undefined && holder !== process.pid) {
    throw new PostgresStartError(
      'DATABASE_FOLDER_IN_USE',
      `The database in ${dataDir} is in use by another platform (process ${holder}).`,
      'Stop that one first, or choose another folder with TALKIDE_HOME.',
    );
  }
  rmSync(path, { force: true });
  writeFileSync(path, `${process.pid} ${startMark(process.pid) ?? ''}`, { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

function readClaim(path: string): number | undefined {
  try {
    const [pid, ...mark] = readFileSync(path, 'utf8').split(' ');
    return startMark(Number(pid)) === mark.join(' ') ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}
