const steps: [limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [60, 'second', 1],
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [604_800, 'day', 86_400],
];

const language = () => document.documentElement.lang || 'en';

/** A moment in words: "5 minutes ago" in the last week, the date before that. */
export function whenWords(iso: string, now = new Date()): string {
  const moment = new Date(iso);
  const seconds = Math.max(0, (now.getTime() - moment.getTime()) / 1000);
  const step = steps.find(([limit]) => seconds < limit);
  if (!step) return new Intl.DateTimeFormat(language(), { dateStyle: 'long' }).format(moment);
  const [, unit, length] = step;
  const count = unit === 'second' ? 0 : -Math.floor(seconds / length);
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(count, unit);
}
