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

/** The price of a number of tokens at a rate in US dollars per million tokens. */
export function priceOfTokens(tokens: number | bigint, perMillion: string): Money {
  return usd(perMillion).times(tokens.toString()).div(1_000_000);
}
