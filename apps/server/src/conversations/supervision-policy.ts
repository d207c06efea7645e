const FIRST_PAUSE_MS = 500;
const MAX_FAILURES = 5;

/** The pause before a worker is started again after so many failures in a row; null: it is given up. */
export function restartPause(failures: number): number | null {
  if (failures === 0) return 0;
  if (failures >= MAX_FAILURES) return null;
  return FIRST_PAUSE_MS * 2 ** (failures - 1);
}
