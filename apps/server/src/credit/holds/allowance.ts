import type { HaltReason } from '../halt-reason.ts';

/** What bounds the spending of a turn, in units (1e-10 US dollars); null where there is no bound. */
export interface Bounds {
  /** Credit left, before holds. May be negative. */
  credit: bigint;
  month: { limit: bigint; spent: bigint } | null;
  project: { limit: bigint; spent: bigint } | null;
  turn: { limit: bigint; spent: bigint } | null;
  /** Set aside already, by every process: for calls of the user, of the project, of the turn. */
  held: { user: bigint; project: bigint; turn: bigint };
}

export interface Allowance {
  /** How much more may be set aside; never negative. */
  left: bigint;
  /** What bounds it. */
  reason: HaltReason;
  /** Set aside within that bound: it may come back when the calls it stands for have ended. */
  held: bigint;
}

/** How much more credit may be set aside for a turn, and which bound is the nearest. */
export function allowanceOf({ credit, month, project, turn, held }: Bounds): Allowance {
  const bounds: Allowance[] = [{ reason: 'NO_CREDIT', left: credit - held.user, held: held.user }];
  if (month) bounds.push({ reason: 'MONTHLY_LIMIT', left: month.limit - month.spent - held.user, held: held.user });
  if (project) {
    bounds.push({ reason: 'PROJECT_CAP', left: project.limit - project.spent - held.project, held: held.project });
  }
  if (turn) bounds.push({ reason: 'TURN_CAP', left: turn.limit - turn.spent - held.turn, held: held.turn });
  const nearest = bounds.reduce((least, one) => (one.left < least.left ? one : least));
  return { ...nearest, left: nearest.left > 0n ? nearest.left : 0n };
}
