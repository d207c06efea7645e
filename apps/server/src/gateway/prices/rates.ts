import { toUnits } from '../../platform/money.ts';

/** Rates in US dollars per million tokens, as decimal strings. */
export interface Rates {
  input: string;
  output: string;
  cacheWrite5m: string;
  cacheWrite1h: string;
  cacheRead: string;
}

/** Rates in whole units (1e-10 US dollars) for a million tokens. */
export type UnitRates = Readonly<Record<keyof Rates | 'dearestInput', bigint>>;

/** A price does not change, so it is converted once. */
const known = new WeakMap<Rates, UnitRates>();

export function unitRates(rates: Rates): UnitRates {
  let units = known.get(rates);
  if (!units) {
    const input = toUnits(rates.input);
    const cacheWrite5m = toUnits(rates.cacheWrite5m);
    const cacheWrite1h = toUnits(rates.cacheWrite1h);
    const cacheRead = toUnits(rates.cacheRead);
    const dearestInput = [cacheWrite5m, cacheWrite1h, cacheRead].reduce(
      (most, one) => (one > most ? one : most),
      input,
    );
    units = { input, output: toUnits(rates.output), cacheWrite5m, cacheWrite1h, cacheRead, dearestInput };
    known.set(rates, units);
  }
  return units;
}

/** What a markup, a percentage as a decimal string, multiplies by: in 1e-12. */
export const MARKUP_SCALE = 1_000_000_000_000n;
let lastPercent = '';
let lastFactor = 0n;

export function markupFactor(percent: string): bigint {
  if (percent !== lastPercent) {
    lastFactor = MARKUP_SCALE + toUnits(percent);
    lastPercent = percent;
  }
  return lastFactor;
}
