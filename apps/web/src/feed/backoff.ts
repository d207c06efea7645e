const FIRST_MS = 500;
/** A platform that restarts is back within seconds. */
const LONGEST_MS = 5_000;

/** How long to wait before the n-th try (from 0): doubling, bounded, with jitter so that browsers don't come back as one. */
export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + random() / 2));
