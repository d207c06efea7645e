import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startMark } from './platform/process-info.ts';

/** Another process that runs has the home. */
export class HomeTaken extends Error {
  override readonly name = 'HomeTaken';
  readonly pid: number;

  constructor(pid: number) {
    super(`process ${pid} has it`);
    this.pid = pid;
  }
}

/**
 * Claims a home by a file that names this process; returns the release. A claim of a process that no longer runs is
 * void. Linking is the atomic step: of two starts at the same moment one gets the home.
 */
export function claimHome(file: string): () => void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startMark(process.pid) ?? ''}`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(own, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (holder !== null) throw new HomeTaken(holder);
      removeVoid(file, `${own}.void`);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that a claim names, if it still runs. */
export function holderOf(file: string): number | null {
  try {
    const [pid, ...mark] = readFileSync(file, 'utf8').split(' ');
    return startMark(Number(pid)) === mark.join(' ') ? Number(pid) : null;
  } catch {
    return null;
  }
}

/** Takes a void claim away; one that a living process put there meanwhile is put back. */
function removeVoid(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (holderOf(aside) !== null) linkSync(aside, file);
  rmSync(aside);
}
