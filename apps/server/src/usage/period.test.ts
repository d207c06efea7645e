import { describe, expect, it } from 'vitest';
import { daysOf, readPeriod } from './period.ts';

const now = new Date('2026-11-25T23:59:59Z');

describe('a period', () => {
  it.each([
    [{}, '2026-11-01', '2026-11-25'],
    [{ from: '2026-11-20' }, '2026-11-20', '2026-11-25'],
    [{ to: '2026-10-31' }, '2026-10-01', '2026-10-31'],
    [{ from: '2026-11-25', to: '2026-11-25' }, '2026-11-25', '2026-11-25'],
    [{ from: '2024-01-01', to: '2024-12-31' }, '2024-01-01', '2024-12-31'],
  ])('%j runs from %s to %s', (asked, from, to) => {
    expect(readPeriod(asked, now)).toEqual({ from, to });
  });

  it.each([
    { from: '2026-11-26' },
    { from: '2026-11-02', to: '2026-11-01' },
    { from: '2025-01-01', to: '2026-01-02' },
    { from: '0000-01-01', to: '0000-01-02' },
    { from: '1999-12-31', to: '2000-01-01' },
  ])('%j is refused', (asked) => {
    expect(() => readPeriod(asked, now)).toThrow(expect.objectContaining({ code: 'period_refused' }));
  });

  it('has every day, also that of a leap year', () => {
    expect(daysOf({ from: '2024-02-28', to: '2024-03-01' })).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
    expect(daysOf({ from: '2024-01-01', to: '2024-12-31' })).toHaveLength(366);
  });
});
