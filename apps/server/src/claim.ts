import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
 * void. Linking is the atomic step: of several at the same moment one gets it. Throws `ClaimTaken`.
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
      removeVoid(file, shares);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that a claim names, if it still runs. */
export function holderOf(file: string): Holder | null {
  const text = textOf(file);
  return text === null ? null : living(text);
}

/** The id of the process that a claim names, which may be gone. */
export function claimantOf(file: string): number | null {
  return Number.parseInt(textOf(file) ?? '', 10) || null;
}

/**
 * Takes a void claim away. Only who has the claim to do so may: of several that see the same void claim, the later ones
 * would else take away what a living process has put there meanwhile.
 */
function removeVoid(file: string, shares: string): void {
  const done = claim(`${file}.next`, shares);
  try {
    const text = textOf(file);
    if (text !== null && living(text) === null) rmSync(file);
  } finally {
    done();
  }
}

function living(text: string): Holder | null {
  const [process = '', shares = ''] = text.split('\n');
  const [pid, ...mark] = process.split(' ');
  return startMark(Number(pid)) === mark.join(' ') ? { pid: Number(pid), shares } : null;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
