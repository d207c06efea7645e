import { Decimal } from 'decimal.js';

// 40 digits hold numeric(20,10) sums without rounding.
const Exact = Decimal.clone({ precision: 40, toExpNeg: -30, toExpPos: 40 });

/** US dollars, exact. Never a float: made from a decimal string or another Money. */
export type Money = InstanceType<typeof Exact>;

export function usd(amount: string | Money | bigint): Money {
  return new Exact(typeof amount === 'bigint' ? amount.toString() : amount);
}

export const zeroUsd: Money = usd('0');

/** Plain decimal string without exponent, as the database and the API take it. */
export function formatUsd(amount: Money, decimals?: number): string {
  return decimals === undefined ? amount.toFixed() : amount.toFixed(decimals, Decimal.ROUND_HALF_EVEN);
}

/** For people, to the cent, in a mail or a message. */
export function usdText(amount: string | Money, locale: 'en' | 'cs'): string {
  const cents = formatUsd(usd(amount), 2);
  return `${locale === 'cs' ? cents.replace('.', ',') : cents} USD`;
}

/** The price of a number of tokens at a rate in US dollars per million tokens. */
export function priceOfTokens(tokens: number | bigint, perMillion: string): Money {
  return usd(perMillion).times(tokens.toString()).div(1_000_000);
}

/** Ten decimals, as the database keeps amounts of credit: one unit is 1e-10 US dollars. */
export const UNITS_PER_USD = 10_000_000_000n;
const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,10})\d*)?$/;

/** A decimal string in whole units; what is smaller than a unit is cut off. */
export function toUnits(amount: string): bigint {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined) throw new Error(`not an amount: ${amount}`);
  const units = BigInt(whole) * UNITS_PER_USD + BigInt(fraction.padEnd(10, '0'));
  return sign ? -units : units;
}

/** The decimal string of an amount in units. */
export function fromUnits(units: bigint): string {
  const size = units < 0n ? -units : units;
  const text = `${size / UNITS_PER_USD}.${String(size % UNITS_PER_USD).padStart(10, '0')}`;
  return units < 0n ? `-${text}` : text;
}

/** Whole cents of an amount that has no fractions of them, as payment providers count. */
export function centsOf(amount: string): number {
  const cents = usd(amount).times(100);
  if (!cents.isInteger()) throw new Error(`${amount} US dollars are no whole cents`);
  return cents.toNumber();
}

export const usdOfCents = (cents: number): string => formatUsd(usd(BigInt(cents)).div(100), 2);
