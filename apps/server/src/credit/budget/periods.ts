/** Names of the running periods of alerts: since the credit last grew, and the month (UTC). */
export const creditPeriod = (number: number): string => String(number);
export const monthPeriod = (monthStart: Date): string => monthStart.toISOString().slice(0, 7);
