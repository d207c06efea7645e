import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowanceOf, type Bounds } from './allowance.ts';

const free: Bounds = {
  credit: 100n,
  month: null,
  project: null,
  turn: null,
  held: { user: 0n, project: 0n, turn: 0n },
};

describe('allowanceOf', () => {
  it('is what is left of the credit where nothing else bounds it', () => {
    expect(allowanceOf({ ...free, held: { user: 30n, project: 30n, turn: 0n } })).toEqual({
      ...{ left: 70n, reason: 'NO_CREDIT', held: 30n },
    });
  });

  it.each([
    ['MONTHLY_LIMIT', { month: { limit: 50n, spent: 20n } }, 20n],
    ['PROJECT_CAP', { project: { limit: 50n, spent: 30n } }, 15n],
    ['TURN_CAP', { turn: { limit: 10n, spent: 2n } }, 7n],
  ] as const)('names %s when that is the nearest bound', (reason, bound, left) => {
    const held = { user: 10n, project: 5n, turn: 1n };
    expect(allowanceOf({ ...free, held, ...bound })).toMatchObject({ reason, left });
  });

  it('is never negative and never more than any bound leaves', () => {
    const amount = fc.bigInt({ min: -1_000n, max: 1_000n });
    const positive = fc.bigInt({ min: 0n, max: 1_000n });
    const bound = fc.option(fc.record({ limit: positive, spent: positive }), { nil: null });
    const held = fc.record({ user: positive, project: positive, turn: positive });
    fc.assert(
      fc.property(fc.record({ credit: amount, month: bound, project: bound, turn: bound, held }), (bounds) => {
        const { left } = allowanceOf(bounds);
        expect(left >= 0n).toBe(true);
        const most = [
          bounds.credit - bounds.held.user,
          ...(bounds.month ? [bounds.month.limit - bounds.month.spent - bounds.held.user] : []),
          ...(bounds.project ? [bounds.project.limit - bounds.project.spent - bounds.held.project] : []),
          ...(bounds.turn ? [bounds.turn.limit - bounds.turn.spent - bounds.held.turn] : []),
        ];
        expect(most.every((one) => left <= (one > 0n ? one : 0n))).toBe(true);
      }),
    );
  });
});
