import { describe, expect, it } from 'vitest';
import { daysOfChoice, dayText, rangeProblem, rangeText } from './period-days';

const now = new Date('2026-03-25T23:30:00Z');

describe('periods', () => {
  it.each([
    ['month', '2026-03-01', '2026-03-25'],
    ['lastMonth', '2026-02-01', '2026-02-28'],
    ['7', '2026-03-19', '2026-03-25'],
    ['90', '2025-12-26', '2026-03-25'],
  ] as const)('%s runs from %s to %s', (choice, from, to) => {
    expect(daysOfChoice(choice, now)).toEqual({ from, to });
  });
  it('knows the month before January', () => {
    const january = new Date('2026-01-10T00:00:00Z');
    expect(daysOfChoice('lastMonth', january)).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  });
  it.each([
    [{ from: '', to: '2026-01-01' }, 'missing'],
    [{ from: '2026-01-02', to: '2026-01-01' }, 'order'],
    [{ from: '2025-01-01', to: '2026-01-02' }, 'long'],
    [{ from: '2025-01-01', to: '2026-01-01' }, null],
  ] as const)('%j has the problem %j', (range, problem) => {
    expect(rangeProblem(range)).toBe(problem);
  });
  it('are written as the language does', () => {
    expect(dayText('2026-11-05', 'en')).toBe('Nov 5');
    expect(dayText('2026-11-05', 'cs', 'long')).toBe('5. listopadu 2026');
    expect(rangeText({ from: '2026-11-01', to: '2026-11-25' }, 'en')).toMatch(/^November 1\s–\s25, 2026$/);
  });
});
