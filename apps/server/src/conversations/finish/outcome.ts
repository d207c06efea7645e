import type { TurnResult } from '@talkide/contracts';
import type { NoticeCode } from '../messages/notices.ts';

/** How a turn ends. `code` is the notice that says why. */
export type Outcome = { kind: 'SUCCEEDED' } | { kind: 'STOPPED' } | { kind: 'FAILED'; code: NoticeCode };

/** The outcome that a worker reports. While the agents are paused, the gateway refuses calls: then that is the reason. */
export function outcomeOf(result: Pick<TurnResult, 'outcome' | 'errorCode'>, agentsOff: boolean): Outcome {
  if (result.outcome !== 'FAILED') return { kind: result.outcome };
  return { kind: 'FAILED', code: agentsOff ? 'agents_paused' : (result.errorCode ?? 'agent_failed') };
}
