import { describe, expect, it } from 'vitest';
import { repairDecision } from './repair-policy.ts';

describe('repairDecision', () => {
  it.each([
    ['A', [], 'REPAIR'],
    ['A', ['A'], 'REPAIR'],
    ['A', ['A', 'A'], 'ASK'],
    ['B', ['A', 'A'], 'REPAIR'],
    ['A', ['B', 'A', 'A'], 'REPAIR'],
    ['A', ['A', 'B', 'A'], 'REPAIR'],
    ['A', [null, null], 'REPAIR'],
    ['F', ['E', 'D', 'C', 'B', 'A'], 'ASK'],
  ] as const)('%s after %j → %s', (fingerprint, earlier, decision) => {
    expect(repairDecision(fingerprint, earlier)).toBe(decision);
  });
});
