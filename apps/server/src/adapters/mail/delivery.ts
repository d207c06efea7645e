/** Attempts at one mail before it counts as failed. */
export const MAX_ATTEMPTS = 6;

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * How long after its n-th attempt a mail is tried again: 30 s, 2 min, 8 min, 32 min, 1 h. It is also how long a mail is
 * left alone when the process that had taken it died.
 */
export function waitAfterAttempt(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 4 ** (attempt - 1), LONGEST_WAIT_MS);
}

/** The words of an error, short enough for the log. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
