const language = () => document.documentElement.lang || 'en';
const noon = (day: string) => new Date(`${day}T12:00:00`);

/** A day as a short weekday and its date: ["Mon", "5 Jan"]. */
export function dayWords(day: string): [weekday: string, date: string] {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language(), options).format(noon(day));
  return [format({ weekday: 'short' }), format({ day: 'numeric', month: 'short' })];
}

/** A day and a time in full: "Monday, 5 January, 10:00". */
export function momentWords(day: string, slot: string): string {
  const format = new Intl.DateTimeFormat(language(), { weekday: 'long', day: 'numeric', month: 'long' });
  return `${format.format(noon(day))}, ${slot}`;
}
