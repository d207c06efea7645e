import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startMark } from './platform/process-info.ts';

/** A process that has a claim, and what it says about itself. */
export interface Holder {
  pid: number;
  /** Tells apart what only those of one kind may share; empty for one that shares nothing. */
  shares: string;
}

/** Another process that runs has the claim. */
export class ClaimTaken extends Error {
  override readonly name = 'ClaimTaken';
  readonly holder: Holder;

  constructor(holder: Holder) {
    super(`process ${holder.pid} has it`);
    this.holder = holder;
  }
}

/**
 * Claims something by a file that names this process; returns the release. A claim of a process that no longer runs is
 * void. Linking is the atomic step: of two at the same moment one gets it. Throws `ClaimTaken`.
 */
export function claim(file: string, shares = ''): () => void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startMark(process.pid) ?? ''}\n${shares}`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(own, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (holder !== null) throw new ClaimTaken(holder);
      removeVoid(file, `${own}.void`);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that a claim names, if it still runs. */
export function holderOf(file: string): Holder | null {
  try {
    const [process = '', shares = ''] = readFileSync(file, 'utf8').split('\n');
    const [pid, ...mark] = process.split(' ');
    return startMark(Number(pid)) === mark.join(' ') ? { pid: Number(pid), shares } : null;
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
