const style = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
/** The least that line items show; calls of small models cost less than a cent by far. */
const LEAST = 0.000001;

/**
 * Dollars for reading: `short` has cents, and "< $0.01" for less; `fine` has six decimals below a dollar, for line items;
 * `exact` says the currency too. For display only.
 */
export function formatUsd(usd: string, locale: string): { short: string; fine: string; exact: string } {
  const amount = Number(usd);
  const cents = new Intl.NumberFormat(locale, style);
  const six = new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: 2, maximumFractionDigits: 6 });
  const isBelow = (least: number) => amount !== 0 && Math.abs(amount) < least;
  const below = (format: Intl.NumberFormat, least: number) =>
    amount < 0 ? `> ${format.format(-least)}` : `< ${format.format(least)}`;
  const short = isBelow(0.01) ? below(cents, 0.01) : cents.format(amount);
  const fine = isBelow(LEAST) ? below(six, LEAST) : isBelow(1) ? six.format(amount) : short;
  return { short, fine, exact: `${isBelow(LEAST) ? fine : six.format(amount)} USD` };
}

/** A range of dollars, and how to say it: both ends, one amount, at most, or less than a cent. */
export function formatUsdRange(low: string, high: string, locale: string) {
  const cents = new Intl.NumberFormat(locale, style);
  const [from, to] = [Number(low), Number(high)];
  if (to < 0.01) return { form: 'under', text: cents.format(0.01) } as const;
  if (from < 0.01) return { form: 'most', text: cents.format(to) } as const;
  if (cents.format(from) === cents.format(to)) return { form: 'about', text: cents.format(to) } as const;
  return { form: 'range', text: cents.formatRange(from, to) } as const;
}

const DECIMALS = 10;
const toUnits = (usd: string): bigint => {
  const [whole = '0', fraction = ''] = usd.replace('-', '').split('.');
  const units = BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  return usd.startsWith('-') ? -units : units;
};

/** An amount less another one, exact to the ten decimals that costs have. */
export function minusUsd(usd: string, other: string): string {
  const units = toUnits(usd) - toUnits(other);
  const digits = String(units < 0n ? -units : units).padStart(DECIMALS + 1, '0');
  const text = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`.replace(/\.?0+$/, '');
  return units < 0n ? `-${text}` : text;
}
