import { describe, expect, it } from 'vitest';
import { stillHolds } from './history';

const step = (versionNumber: number, restoredFrom: number | null = null) => ({
  versionNumber,
  restoredFrom,
  source: restoredFrom === null ? ('TURN' as const) : ('RESTORE' as const),
});
// 1, 2 and 3 are made; 4 undoes 3; 5 is made; 6 brings 3 back, without 5.
const versions = [step(1), step(2), step(3), step(4, 2), step(5), step(6, 3)];

describe('stillHolds', () => {
  it.each([
    [3, 3, true],
    [4, 3, false],
    [5, 3, false],
    [5, 2, true],
    [5, 5, true],
    [6, 3, true],
    [6, 5, false],
    [2, 3, false],
  ])('version %i holds what version %i did: %s', (later, version, expected) => {
    expect(stillHolds(versions, later, version)).toBe(expected);
  });
});
