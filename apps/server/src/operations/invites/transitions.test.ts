import { describe, expect, it } from 'vitest';
import { type InviteStatus, inviteTransitions, statusesBefore } from './transitions.ts';

const statuses = Object.keys(inviteTransitions) as InviteStatus[];
const allowed = new Set(['PENDING>CLAIMED', 'PENDING>EXPIRED', 'PENDING>REVOKED']);

describe('the statuses of an invitation', () => {
  it.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    expect(statusesBefore(to).includes(from)).toBe(allowed.has(`${from}>${to}`));
  });
});
