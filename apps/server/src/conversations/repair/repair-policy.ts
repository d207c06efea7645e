/** Repairs of one and the same error before Mara stops and asks. */
export const MAX_SAME_ERROR = 2;
/** Repairs in a row, whatever the errors: a repair that breaks something else every time ends too. */
export const MAX_IN_A_ROW = 5;

/**
 * Whether a failed build goes back to Mara. `repairsInARow`: the fingerprints of the repairs since the person last spoke,
 * newest first.
 */
export function repairDecision(fingerprint: string, repairsInARow: readonly (string | null)[]): 'REPAIR' | 'ASK' {
  if (repairsInARow.length >= MAX_IN_A_ROW) return 'ASK';
  const different = repairsInARow.findIndex((earlier) => earlier !== fingerprint);
  const same = different < 0 ? repairsInARow.length : different;
  return same < MAX_SAME_ERROR ? 'REPAIR' : 'ASK';
}
