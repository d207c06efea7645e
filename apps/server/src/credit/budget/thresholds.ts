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
  const base = usd(budget.creditBaseUsd);
  const credit = base.isPositive() && !base.isZero() ? share(base.minus(budget.creditUsd), base) : [];
  const limit = budget.limitUsd === null ? null : usd(budget.limitUsd);
  const month = limit ? share(usd(budget.monthSpentUsd), limit) : [];
  return [
    ...credit.map((threshold) => ({ kind: 'CREDIT' as const, period: creditPeriod(budget.creditPeriod), threshold })),
    ...month.map((threshold) => ({ kind: 'MONTH' as const, period: monthPeriod(budget.monthStart), threshold })),
  ];
}

const THRESHOLDS = [80, 100] as const;
const share = (used: Money, whole: Money) =>
  THRESHOLDS.filter((threshold) => used.times(100).greaterThanOrEqualTo(whole.times(threshold)));
