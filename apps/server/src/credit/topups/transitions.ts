import type { CreditTopupRow } from '../../platform/db/index.ts';

export type TopUpStatus = CreditTopupRow['status'];

/** What a top-up may become. A declined card may be followed by another one; what is paid stays paid. */
export const topUpTransitions: Readonly<Record<TopUpStatus, readonly TopUpStatus[]>> = {
  PENDING: ['SUCCEEDED', 'FAILED'],
  FAILED: ['PENDING', 'SUCCEEDED'],
  SUCCEEDED: [],
};

/** The statuses from which a top-up may become another, or stay what it is; what guards the update in SQL. */
export function statusesBefore(to: TopUpStatus): TopUpStatus[] {
  const all = Object.entries(topUpTransitions) as [TopUpStatus, readonly TopUpStatus[]][];
  return all.filter(([from, targets]) => from === to || targets.includes(to)).map(([from]) => from);
}
