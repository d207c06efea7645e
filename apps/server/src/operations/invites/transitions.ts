export type InviteStatus = 'PENDING' | 'CLAIMED' | 'EXPIRED' | 'REVOKED';

/** What an invitation may become; everything but PENDING is final. */
export const inviteTransitions: Readonly<Record<InviteStatus, readonly InviteStatus[]>> = {
  PENDING: ['CLAIMED', 'EXPIRED', 'REVOKED'],
  CLAIMED: [],
  EXPIRED: [],
  REVOKED: [],
};

/** The statuses from which an invitation may become another; what guards the update in SQL. */
export function statusesBefore(to: InviteStatus): InviteStatus[] {
  const all = Object.entries(inviteTransitions) as [InviteStatus, readonly InviteStatus[]][];
  return all.filter(([, targets]) => targets.includes(to)).map(([from]) => from);
}
