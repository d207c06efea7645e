import { type RawBuilder, sql } from 'kysely';
import { DomainError } from '../errors.ts';

/** Whole days in UTC, both ends included, e.g. `2026-11-01` to `2026-11-30`. */
export interface DayRange {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
/** PostgreSQL has no year 0, and nobody spent anything before this. */
const FIRST_DAY = '2000-01-01';

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const countDays = ({ from, to }: DayRange): number => (midnight(to) - midnight(from)) / DAY_MS + 1;

/** The period that is asked for; up to today and from the first of its month where an end is left out. */
export function readPeriod(asked: { from?: string | undefined; to?: string | undefined }, now: Date): DayRange {
  const to = asked.to ?? isoDay(now.getTime());
  const from = asked.from ?? `${to.slice(0, 8)}01`;
  const days = countDays({ from, to });
  if (from < FIRST_DAY || !(days >= 1 && days <= MAX_DAYS)) throw new DomainError('period_refused');
  return { from, to };
}

/** Every day of the period, in order. */
export function daysOf(period: DayRange): string[] {
  return Array.from({ length: countDays(period) }, (_, n) => isoDay(midnight(period.from) + n * DAY_MS));
}

/** Whether a column with a time lies in the period. */
export function isIn(period: DayRange, column: string): RawBuilder<boolean> {
  const time = sql.ref(column);
  return sql<boolean>`${time} >= ${period.from}::date::timestamp at time zone 'UTC'
    and ${time} < (${period.to}::date + 1)::timestamp at time zone 'UTC'`;
}
