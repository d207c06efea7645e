import { describe, expect, it } from 'vitest';
import type { ChargedBudget } from '../charge.ts';
import { reached } from './thresholds.ts';

const budget: ChargedBudget = {
  ...{ userId: '1', creditUsd: '10', creditBaseUsd: '10', creditPeriod: 3, limitUsd: null },
  ...{ monthStart: new Date('2026-11-01T00:00:00Z'), monthSpentUsd: '0' },
};
const names = (change: Partial<ChargedBudget>) =>
  reached({ ...budget, ...change }).map((one) => `${one.kind} ${one.threshold} ${one.period}`);

describe('thresholds', () => {
  it.each([
    ['10', []],
    ['2.0000000001', []],
    ['2', ['CREDIT 80 3']],
    ['0', ['CREDIT 80 3', 'CREDIT 100 3']],
    ['-0.01', ['CREDIT 80 3', 'CREDIT 100 3']],
  ])('with %s of 10 dollars of credit left: %j', (creditUsd, expected) => {
    expect(names({ creditUsd })).toEqual(expected);
  });

  it.each([
    ['3.99', []],
    ['4', ['MONTH 80 2026-11']],
    ['5.00', ['MONTH 80 2026-11', 'MONTH 100 2026-11']],
  ])('with %s of a limit of 5 dollars spent: %j', (monthSpentUsd, expected) => {
    expect(names({ limitUsd: '5.00', monthSpentUsd })).toEqual(expected);
  });

  it('has none without credit that could be used up', () => {
    expect(names({ creditUsd: '0', creditBaseUsd: '0' })).toEqual([]);
    expect(names({ creditUsd: '-3', creditBaseUsd: '-3' })).toEqual([]);
  });
});
