import { describe, expect, test } from 'vitest';
import { type AppEvent, type AppState, appTransition } from './app-transitions.ts';

const policy = { maxCrashes: 3, windowMs: 60_000 };
const now = 1_000_000;
const states: AppState[] = [
  { name: 'asleep', crashes: [] },
  { name: 'starting', crashes: [] },
  { name: 'running', crashes: [] },
  { name: 'frozen', crashes: [] },
  { name: 'stopping', crashes: [] },
  { name: 'crashed', crashes: [], logTail: '', retryAt: now },
];
const events: AppEvent[] = [
  { type: 'wanted', now },
  { type: 'healthy' },
  { type: 'freeze' },
  { type: 'crashed', now, logTail: 'why' },
  { type: 'stop' },
  { type: 'ended' },
];

const table: Record<string, string> = {
  'asleep wanted': 'starting',
  'crashed wanted': 'starting',
  'starting healthy': 'running',
  'starting crashed': 'asleep',
  'running freeze': 'frozen',
  'running crashed': 'asleep',
  'frozen wanted': 'running',
  'frozen crashed': 'asleep',
  'frozen stop': 'stopping',
  'starting stop': 'stopping',
  'running stop': 'stopping',
  'starting ended': 'asleep',
  'stopping ended': 'asleep',
  'stopping crashed': 'asleep',
};

describe('the life of an app', () => {
  for (const state of states) {
    for (const event of events) {
      const to = table[`${state.name} ${event.type}`] ?? state.name;
      test(`${state.name}, ${event.type} → ${to}`, () => {
        expect(appTransition(state, event, policy).name).toBe(to);
      });
    }
  }

  test('the third crash within a minute makes it wait until the first is a minute old', () => {
    const state: AppState = { name: 'running', crashes: [now - 50_000, now - 10_000] };
    const next = appTransition(state, { type: 'crashed', now, logTail: 'why' }, policy);
    expect(next).toMatchObject({ name: 'crashed', logTail: 'why', retryAt: now + 10_000 });
    expect(appTransition(next, { type: 'wanted', now: now + 9_999 }, policy)).toBe(next);
    expect(appTransition(next, { type: 'wanted', now: now + 10_000 }, policy).name).toBe('starting');
  });

  test('older crashes are forgotten', () => {
    const state: AppState = { name: 'running', crashes: [now - 90_000, now - 61_000] };
    const next = appTransition(state, { type: 'crashed', now, logTail: '' }, policy);
    expect(next).toEqual({ name: 'asleep', crashes: [now] });
  });

  test('a stop on request is no crash', () => {
    const stopping: AppState = { name: 'stopping', crashes: [now] };
    expect(appTransition(stopping, { type: 'crashed', now, logTail: '' }, policy).crashes).toEqual([now]);
  });
});
