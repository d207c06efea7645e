export type PostgresErrorCode =
  | 'DATABASE_UNSUPPORTED_PLATFORM'
  | 'DATABASE_FOLDER_UNWRITABLE'
  | 'DATABASE_FOLDER_UNREACHABLE'
  | 'DATABASE_FOLDER_IN_USE'
  | 'DATABASE_FOLDER_DAMAGED'
  | 'DATABASE_DISK_FULL'
  | 'DATABASE_SYSTEM_USER_MISSING'
  | 'DATABASE_START_FAILED';

/** A start of the embedded PostgreSQL that failed: `message` says what happened, `mend` what to do about it. */
export class PostgresStartError extends Error {
  readonly code: PostgresErrorCode;
  readonly mend: string;

  constructor(code: PostgresErrorCode, message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresStartError';
    this.code = code;
    this.mend = mend;
  }
}

const diskFull = (folder: string, cause?: unknown) =>
  new PostgresStartError(
    'DATABASE_DISK_FULL',
    `The disk that holds ${folder} is full.`,
    'Free at least 200 MB there and start again. Nothing is lost.',
    { cause },
  );

/** Names the reason of a failed file operation on a folder of the database. */
export function folderError(folder: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new PostgresStartError(
      'DATABASE_FOLDER_UNWRITABLE',
      `The folder ${folder} cannot be written (${code}).`,
      'Give the user who starts the platform this folder, or choose another one with TALKIDE_HOME.',
      { cause },
    );
  }
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** PostgreSQL's account cannot get at the folder, and no mount namespace could be made for it. */
export const unreachableError = (folder: string): PostgresStartError =>
  new PostgresStartError(
    'DATABASE_FOLDER_UNREACHABLE',
    `PostgreSQL does not run as root, and its own account may not enter the folders above ${folder} or above the platform.`,
    "Keep the platform and TALKIDE_HOME outside root's home, or start the platform as an ordinary user.",
  );

/** Names the reason that the log of a PostgreSQL program gives for its failure. */
export function programError(program: string, folder: string, log: string): PostgresStartError {
  if (/No space left on device|Disk quota exceeded/.test(log)) return diskFull(folder);
  if (/^(mount|unshare|mkdir): /m.test(log)) return unreachableError(folder);
  if (/could not (access|create|open) (directory|file|lock file).*Permission denied/.test(log)) {
    return new PostgresStartError(
      'DATABASE_FOLDER_UNWRITABLE',
      `PostgreSQL may not write to ${folder}.`,
      'Give the user who starts the platform this folder, or choose another one with TALKIDE_HOME.',
    );
  }
  if (
    /invalid (primary )?checkpoint record|could not locate a valid checkpoint|could not find redo location|incorrect checksum/.test(
      log,
    )
  ) {
    return new PostgresStartError(
      'DATABASE_FOLDER_DAMAGED',
      `The database in ${folder} is damaged and PostgreSQL refuses to open it.`,
      'Restore the folder from a backup, or move it away to begin with an empty platform.',
    );
  }
  const reason = log.split('\n').findLast((line) => /FATAL|PANIC|error:/i.test(line)) ?? log.trim().slice(-300);
  return new PostgresStartError(
    'DATABASE_START_FAILED',
    `PostgreSQL (${program}) did not start: ${reason.trim() || 'it gave no reason'}`,
    'The log of the database has the details; start again after mending what it names.',
  );
}
