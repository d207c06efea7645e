const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 minutes ago"; below a minute "now". */
export function relativeTime(date: Date, now: Date, locale: string): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** Day and time to the second, in the reader's zone. */
export const exactTime = (date: Date, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(date);

/** "< 0.1 s", "9.2 s", "12 s", "3 min 20 s": how long something took. */
export function duration(ms: number, locale: string): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 100) {
    const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return tenths === 0 ? `< ${decimals.format(0.1)} s` : `${decimals.format(tenths / 10)} s`;
  }
  return wholeSeconds(Math.round(ms / 1000));
}

/** "9 s", "3 min 20 s": a time in whole seconds. */
export function wholeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest ? `${Math.floor(seconds / 60)} min ${rest} s` : `${seconds / 60} min`;
}

/** "14:03:27": the time of day, in the reader's zone. */
export const clockTime = (date: Date, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }).format(date);

/** "Oct 7, 2026" at midnight, else with the time; in the reader's zone. */
export function dayAndTime(date: Date, locale: string): string {
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...(isMidnight ? {} : { timeStyle: 'short' }) }).format(
    date,
  );
}
