/** Whole days in UTC, both ends included. */
export interface DayRange {
  from: string;
  to: string;
}

export const PERIODS = ['month', 'lastMonth', '7', '30', '90', 'own'] as const;
export type PeriodChoice = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
const isoDay = (date: Date): string => date.toISOString().slice(0, 10);
const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The days of a choice that is not the person's own. */
export function daysOfChoice(choice: Exclude<PeriodChoice, 'own'>, now: Date): DayRange {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (choice === 'month') return { from: isoDay(new Date(Date.UTC(year, month, 1))), to: isoDay(now) };
  if (choice === 'lastMonth') {
    return { from: isoDay(new Date(Date.UTC(year, month - 1, 1))), to: isoDay(new Date(Date.UTC(year, month, 0))) };
  }
  return { from: isoDay(new Date(now.getTime() - (Number(choice) - 1) * DAY_MS)), to: isoDay(now) };
}

/** What is wrong with a range of one's own; null when nothing is. */
export function rangeProblem({ from, to }: DayRange): 'missing' | 'order' | 'long' | null {
  if (!Number.isFinite(midnight(from)) || !Number.isFinite(midnight(to))) return 'missing';
  const days = (midnight(to) - midnight(from)) / DAY_MS + 1;
  if (days < 1) return 'order';
  return days > MAX_DAYS ? 'long' : null;
}

/** "12 Nov", or with the year; the day is UTC's, wherever the reader is. */
export const dayText = (day: string, locale: string, style: 'short' | 'long' = 'short'): string =>
  new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: style === 'short' ? 'short' : 'long',
    ...(style === 'long' ? { year: 'numeric' as const } : {}),
    timeZone: 'UTC',
  }).format(midnight(day));

/** "1 – 25 November 2026". */
export const rangeText = ({ from, to }: DayRange, locale: string): string =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).formatRange(
    midnight(from),
    midnight(to),
  );
