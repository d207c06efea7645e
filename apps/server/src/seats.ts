import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClaimTaken, claim, claimantOf, type Holder, holderOf } from './claim.ts';

/**
 * Processes that share a home have a seat each, by number: what is a process's alone (its sandboxes, its journal) lies in
 * the folder of its seat. The first seat's is the home itself.
 */
export const seatFolder = (home: string, seat: number): string =>
  seat === FIRST ? home : join(home, 'seats', String(seat));

const FIRST = 1;
const claimFile = (home: string, seat: number) => join(seatFolder(home, seat), 'run', 'owner');
const readyFile = (home: string, seat: number) => join(seatFolder(home, seat), 'run', 'ready');

/** All seats that have been taken and not given back, by number. */
export function seatsOf(home: string): number[] {
  const others = existsSync(join(home, 'seats')) ? readdirSync(join(home, 'seats')).map(Number) : [];
  return [FIRST, ...others].filter((seat) => existsSync(claimFile(home, seat))).sort((a, b) => a - b);
}

export const seatHolder = (home: string, seat: number): Holder | null => holderOf(claimFile(home, seat));

/**
 * Takes the seat that the predecessor had, whose workers wait there, else the first free one; with nothing to share there
 * is only the first. Throws `ClaimTaken`.
 */
export function takeAnySeat(home: string, shares: string, predecessor?: number): Taken {
  const left = seatsOf(home).find((seat) => claimantOf(claimFile(home, seat)) === predecessor);
  if (shares !== '' && left !== undefined) {
    const taken = tryToTake(home, left, shares);
    if (taken) return taken;
  }
  for (let seat = FIRST; ; seat++) {
    const taken = tryToTake(home, seat, shares);
    if (taken) return taken;
  }
}

interface Taken {
  seat: number;
  release(): void;
}

/** Null: one that shares the home has it. */
function tryToTake(home: string, seat: number, shares: string): Taken | null {
  try {
    const release = takeSeat(home, seat, shares);
    try {
      refuseStrangers(home, seat, shares);
    } catch (error) {
      release();
      throw error;
    }
    return { seat, release };
  } catch (error) {
    if (!(error instanceof ClaimTaken) || shares === '' || error.holder.shares !== shares) throw error;
    return null;
  }
}

/** Takes this seat. Throws `ClaimTaken`. */
export function takeSeat(home: string, seat: number, shares: string): () => void {
  for (let tries = 0; ; tries++) {
    mkdirSync(join(seatFolder(home, seat), 'run'), { recursive: true, mode: 0o700 });
    try {
      const release = claim(claimFile(home, seat), shares);
      rmSync(readyFile(home, seat), { force: true });
      return release;
    } catch (error) {
      // Another process cleared the seat at this moment.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 10) throw error;
    }
  }
}

/**
 * Gives back the seat of a process that died. At once, so that whoever takes it next finds an empty one; what was left of
 * it goes in the background.
 */
export async function clearSeat(home: string, seat: number, release: () => void): Promise<void> {
  if (seat === FIRST) return release();
  const aside = join(home, 'seats', `cleared-${randomUUID()}`);
  renameSync(seatFolder(home, seat), aside);
  await rm(aside, { recursive: true, force: true });
}

function refuseStrangers(home: string, own: number, shares: string): void {
  for (const seat of seatsOf(home)) {
    const holder = seat === own ? null : seatHolder(home, seat);
    if (holder && (shares === '' || holder.shares !== shares)) throw new ClaimTaken(holder);
  }
}

/** Says that the process in the seat serves. */
export const sayReady = (home: string, seat: number): void =>
  writeFileSync(readyFile(home, seat), String(process.pid), { mode: 0o600 });

/** Another process that shares the home serves. */
export const othersServe = (home: string, own: number): boolean =>
  seatsOf(home).some((seat) => seat !== own && readyProcess(home, seat) !== null);

/** The process in the seat, once it serves. */
export function readyProcess(home: string, seat: number): number | null {
  const pid = seatHolder(home, seat)?.pid ?? null;
  try {
    return Number(readFileSync(readyFile(home, seat), 'utf8')) === pid ? pid : null;
  } catch {
    return null;
  }
}
