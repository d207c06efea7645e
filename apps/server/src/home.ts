import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimHome, HomeTaken } from './home-claim.ts';
import { sha256 } from './platform/secrets.ts';

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
  /** Names this home where a path would be too long: control groups, temporary folders. */
  id: string;
  /** Lets another process have it. */
  release(): void;
}

const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Makes the home where it is missing, checks that it can be written, and claims it for this process. */
export async function openHome(path: string): Promise<Home> {
  try {
    // Others may pass through (PostgreSQL runs under its own account), not look around; what is private has its own mode.
    await mkdir(path, { recursive: true, mode: 0o711 });
    for (const folder of ['log', 'run']) await mkdir(join(path, folder), { recursive: true, mode: 0o700 });
    // Sandboxes refuse to show a path with a symbolic link in it.
    const real = await realpath(path);
    const release = claimHome(join(real, 'run', 'owner'));
    const probe = join(real, 'run', 'probe');
    await writeFile(probe, 'can be written');
    await rm(probe);
    await keepOneOldLog(logFile(real));
    return { path: real, id: sha256(real).slice(0, 12), release };
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
  if (error instanceof HomeTaken) {
    return new HomeError(
      `TalkIDE runs on the folder ${path} already (process ${error.pid}).`,
      'Use that one, stop it first, or choose another folder with TALKIDE_HOME.',
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
