import type { TurnRow } from '../../platform/db/index.ts';

/** The lease is not the caller's: it was lost, or the turn has ended or does not exist. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A turn as long as this lease holds it. */
export function requireLease(turn: TurnRow | undefined, environmentId: string, leaseToken: string): TurnRow {
  const held = turn?.environment_id === environmentId && turn.status === 'RUNNING' && turn.lease_token === leaseToken;
  if (!turn || !held) throw new LeaseLost('This turn is not leased to you any more.');
  return turn;
}
