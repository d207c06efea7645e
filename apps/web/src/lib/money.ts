/** Dollars for reading: cents, and "< $0.01" for less. `exact` keeps all six decimals. For display only. */
export function formatUsd(usd: string, locale: string): { short: string; exact: string } {
  const amount = Number(usd);
  const style = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  const cents = new Intl.NumberFormat(locale, style);
  const fine = new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: 2, maximumFractionDigits: 6 });
  const short = amount > 0 && amount < 0.01 ? `< ${cents.format(0.01)}` : cents.format(amount);
  return { short, exact: `${fine.format(amount)} USD` };
}
