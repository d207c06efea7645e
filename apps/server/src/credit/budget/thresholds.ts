import { type Money, usd } from '../../platform/money.ts';
import type { ChargedBudget } from '../charge.ts';
import { creditPeriod, monthPeriod } from './periods.ts';

export interface Crossing {
  kind: 'CREDIT' | 'MONTH';
  period: string;
  threshold: 80 | 100;
}

/** The thresholds that a budget has reached in its running periods. */
export function reached(budget: ChargedBudget): Crossing[] {
  const limit = budget.limitUsd === null ? null : usd(budget.limitUsd);
  const base = usd(budget.creditBaseUsd);
  const credit = hadCredit(budget) ? share(base.minus(budget.creditUsd), base) : [];
  const month = limit ? share(usd(budget.monthSpentUsd), limit) : [];
  return [...crossings(budget, 'CREDIT', credit), ...crossings(budget, 'MONTH', month)];
}

/** All thresholds of what stopped a call: what is left is less than a call costs. */
export function usedUp(budget: ChargedBudget, kind: Crossing['kind']): Crossing[] {
  return kind === 'CREDIT' && !hadCredit(budget) ? [] : crossings(budget, kind, THRESHOLDS);
}

const THRESHOLDS = [80, 100] as const;
const share = (used: Money, whole: Money) =>
  THRESHOLDS.filter((threshold) => used.times(100).greaterThanOrEqualTo(whole.times(threshold)));
const hadCredit = ({ creditBaseUsd }: ChargedBudget): boolean => usd(creditBaseUsd).greaterThan(0);

function crossings(budget: ChargedBudget, kind: Crossing['kind'], thresholds: readonly (80 | 100)[]): Crossing[] {
  const period = kind === 'CREDIT' ? creditPeriod(budget.creditPeriod) : monthPeriod(budget.monthStart);
  return thresholds.map((threshold) => ({ kind, period, threshold }));
}
