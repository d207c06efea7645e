import { TurnStatus } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { afterLostLease, hasEnded, MAX_ATTEMPTS, type TurnEvent, transition } from './transitions.ts';

const events: TurnEvent[] = ['CLAIM', 'SUCCEED', 'FAIL', 'STOP', 'REQUEUE'];
const allowed: Record<string, TurnStatus> = {
  'QUEUED CLAIM': 'RUNNING',
  'QUEUED STOP': 'CANCELLED',
  'QUEUED FAIL': 'FAILED',
  'RUNNING SUCCEED': 'SUCCEEDED',
  'RUNNING FAIL': 'FAILED',
  'RUNNING STOP': 'CANCELLED',
  'RUNNING REQUEUE': 'QUEUED',
};

describe('transition', () => {
  for (const from of TurnStatus.options) {
    for (const event of events) {
      const to = allowed[`${from} ${event}`] ?? null;
      it(`${from} + ${event} → ${to ?? 'refused'}`, () => expect(transition(from, event)).toBe(to));
    }
  }

  it('knows which statuses are final', () => {
    expect(TurnStatus.options.filter(hasEnded)).toEqual(['SUCCEEDED', 'FAILED', 'CANCELLED']);
  });
});

describe('afterLostLease', () => {
  it('tries again while attempts are left, then gives up', () => {
    expect(afterLostLease({ attempt: 1, stopRequested: false })).toBe('REQUEUE');
    expect(afterLostLease({ attempt: MAX_ATTEMPTS - 1, stopRequested: false })).toBe('REQUEUE');
    expect(afterLostLease({ attempt: MAX_ATTEMPTS, stopRequested: false })).toBe('FAIL');
  });

  it('never starts again what the person has stopped', () => {
    expect(afterLostLease({ attempt: 1, stopRequested: true })).toBe('STOP');
  });
});
