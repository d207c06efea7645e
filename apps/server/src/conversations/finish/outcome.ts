import type { TurnResult } from '@talkide/contracts';
import type { TurnRow } from '../../platform/db/index.ts';
import type { NoticeCode } from '../messages/notices.ts';

/** Why the gateway let a turn make no more calls: its work so far is kept. */
export type HaltCode = 'no_credit' | 'monthly_limit' | 'project_cap' | 'turn_cap' | 'fair_use' | 'agents_paused';
export type FailureCode = Exclude<NoticeCode, HaltCode>;

/** How a turn ends. `code` says why. */
export type Outcome =
  | { kind: 'SUCCEEDED' }
  | { kind: 'STOPPED' }
  | { kind: 'HALTED'; code: HaltCode }
  | { kind: 'FAILED'; code: FailureCode };

const HALTS: Readonly<Record<NonNullable<TurnRow['refused_by']>, HaltCode>> = {
  NO_CREDIT: 'no_credit',
  MONTHLY_LIMIT: 'monthly_limit',
  PROJECT_CAP: 'project_cap',
  TURN_CAP: 'turn_cap',
  FAIR_USE: 'fair_use',
  TURNS_OFF: 'agents_paused',
};

/** The outcome that a worker reports. Where the gateway refused the turn's calls, that is the reason of its failure. */
export function outcomeOf(
  result: Pick<TurnResult, 'outcome' | 'errorCode'>,
  { agentsOff, refusedBy }: { agentsOff: boolean; refusedBy: TurnRow['refused_by'] },
): Outcome {
  if (result.outcome !== 'FAILED') return { kind: result.outcome };
  if (refusedBy) return { kind: 'HALTED', code: HALTS[refusedBy] };
  if (agentsOff) return { kind: 'HALTED', code: 'agents_paused' };
  // Without a refusal of ours it is the platform's own account with the model that is used up.
  if (result.errorCode === 'credit_used_up') return { kind: 'FAILED', code: 'model_unavailable' };
  return { kind: 'FAILED', code: result.errorCode ?? 'agent_failed' };
}
