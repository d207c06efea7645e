/** When people can book. Change the hours and days here. */
export const opening = {
  slots: ['09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00'],
  /** Days of the week that are open; 0 is Sunday. */
  weekdays: [1, 2, 3, 4, 5],
  /** How many days ahead, today included. */
  daysAhead: 21,
};

/** A day as YYYY-MM-DD. */
export const dayText = (day: Date) => day.toISOString().slice(0, 10);

/** The open days from a day on. */
export function openDays(today: string): string[] {
  const first = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: opening.daysAhead }, (_, ahead) => new Date(first + ahead * 86_400_000))
    .filter((day) => opening.weekdays.includes(day.getUTCDay()))
    .map(dayText);
}
