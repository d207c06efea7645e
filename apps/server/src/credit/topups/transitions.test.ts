import { describe, expect, it } from 'vitest';
import { statusesBefore, type TopUpStatus, topUpTransitions } from './transitions.ts';

const statuses = Object.keys(topUpTransitions) as TopUpStatus[];
const allowed = new Set(['PENDING>SUCCEEDED', 'PENDING>FAILED', 'FAILED>PENDING', 'FAILED>SUCCEEDED']);

describe('the statuses of a top-up', () => {
  it.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    expect(statusesBefore(to).includes(from)).toBe(from === to || allowed.has(`${from}>${to}`));
  });
});
