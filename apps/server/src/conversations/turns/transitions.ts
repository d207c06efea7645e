import type { TurnStatus } from '@talkide/contracts';

/** What can happen to a turn. */
export type TurnEvent = 'CLAIM' | 'SUCCEED' | 'FAIL' | 'STOP' | 'REQUEUE';

/** Every transition of a turn; what is not here does not happen. REQUEUE: its worker was lost and attempts are left. */
export const turnTransitions: Readonly<Record<TurnStatus, Readonly<Partial<Record<TurnEvent, TurnStatus>>>>> = {
  QUEUED: { CLAIM: 'RUNNING', STOP: 'CANCELLED', FAIL: 'FAILED' },
  RUNNING: { SUCCEED: 'SUCCEEDED', FAIL: 'FAILED', STOP: 'CANCELLED', REQUEUE: 'QUEUED' },
  SUCCEEDED: {},
  FAILED: {},
  CANCELLED: {},
};

/** The status an event leads to; null when it is not allowed. */
export function transition(from: TurnStatus, event: TurnEvent): TurnStatus | null {
  return turnTransitions[from][event] ?? null;
}

/** A turn in this status will not change any more. */
export function hasEnded(status: TurnStatus): boolean {
  return Object.keys(turnTransitions[status]).length === 0;
}

export const MAX_ATTEMPTS = 3;

/** What becomes of a running turn whose worker was not heard of in time, or died. `attempt` counts from 1. */
export function afterLostLease(turn: { attempt: number; stopRequested: boolean }): 'STOP' | 'REQUEUE' | 'FAIL' {
  if (turn.stopRequested) return 'STOP';
  return turn.attempt < MAX_ATTEMPTS ? 'REQUEUE' : 'FAIL';
}
