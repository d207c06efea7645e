import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClaimTaken } from './claim.ts';
import type { Config } from './config.ts';
import { sha256 } from './platform/secrets.ts';
import { seatFolder, takeAnySeat } from './seats.ts';

/** The one folder that holds all data cannot be used; the message says why, the mend what to do. */
export class HomeError extends Error {
  override readonly name = 'HomeError';
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

export interface Home {
  path: string;
  /** Names this process's seat in this home where a path would be too long: control groups, temporary folders. */
  id: string;
  /** 1, or more for one of several processes that share the home. */
  seat: number;
  /** What processes that share the home have in common; empty: it is this process's alone. */
  shares: string;
  /** A folder that is this process's alone, also where the home is shared. */
  own(name: string): string;
  /** Lets another process have it. */
  release(): void;
}

const MAX_LOG_BYTES = 10 * 1024 * 1024;

/**
 * What platforms have in common that may share a home: databases outside, which tell each what the others do, the address
 * that people know, and the key of secrets. Empty where a database or the address is missing.
 */
export function sharesOf(config: Pick<Config, 'databaseUrl' | 'dataplaneUrl' | 'publicUrl' | 'secretKey'>): string {
  const { databaseUrl, dataplaneUrl, publicUrl, secretKey } = config;
  if (!databaseUrl || !dataplaneUrl || !publicUrl) return '';
  return sha256([placeOf(databaseUrl), placeOf(dataplaneUrl), publicUrl, secretKey ?? ''].join(' '));
}

/** Of a database; whoever logs in there. */
function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? hostname}:${(searchParams.get('port') ?? port) || 5432}${pathname}`;
}

/** Names a seat of a home. */
export const seatId = (home: string, seat: number): string =>
  sha256(home).slice(0, 12) + (seat === 1 ? '' : `-${seat}`);

/**
 * Makes the home where it is missing, checks that it can be written, and claims it for this process. Those with the same
 * `shares` (a database outside that holds what they do together) may have it at once. `predecessor`: a process that handed
 * over to this one.
 */
export async function openHome(path: string, shares = '', predecessor?: number): Promise<Home> {
  try {
    // Others may pass through (PostgreSQL runs under its own account), not look around; what is private has its own mode.
    await mkdir(path, { recursive: true, mode: 0o711 });
    for (const folder of ['log', 'run']) await mkdir(join(path, folder), { recursive: true, mode: 0o700 });
    // Sandboxes refuse to show a path with a symbolic link in it.
    const real = await realpath(path);
    const { seat, release } = takeAnySeat(real, shares, predecessor);
    const probe = join(seatFolder(real, seat), 'run', 'probe');
    await writeFile(probe, 'can be written');
    await rm(probe);
    await keepOneOldLog(logFile(real));
    const own = (name: string) => join(seatFolder(real, seat), name);
    // Another seat than the first stays taken: what is left in it is looked at by those who go on, or at the next start.
    return { path: real, id: seatId(real, seat), seat, shares, own, release: seat === 1 ? release : () => {} };
  } catch (error) {
    throw asHomeError(path, error);
  }
}

export const logFile = (home: string): string => join(home, 'log', 'talkide.log');

async function keepOneOldLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`);
}

function asHomeError(path: string, error: unknown): unknown {
  if (error instanceof ClaimTaken) {
    return new HomeError(
      `TalkIDE runs on the folder ${path} already (process ${error.holder.pid}).`,
      'Use that one, stop it first, or choose another folder with TALKIDE_HOME. Several share a folder when all have the same TALKIDE_DATABASE_URL, TALKIDE_DATAPLANE_URL, TALKIDE_PUBLIC_URL and TALKIDE_SECRET_KEY.',
    );
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HomeError(`The disk that holds ${path} is full.`, 'Free some space and start again; nothing is lost.');
  }
  return new HomeError(
    `The folder ${path} cannot be used (${code}).`,
    'Make it yours and writable, or choose another one with TALKIDE_HOME.',
  );
}
