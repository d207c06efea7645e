import { toUnits } from '../../platform/money.ts';
import type { RequestPeek } from '../request/request-peek.ts';
import type { Price, Rates } from './pricing.ts';

/** What a call may cost before it is made, in units (1e-10 US dollars). */
export interface Need {
  most: bigint;
  least: bigint;
}

/** Bytes of a request for a token: JSON of text and code has more than three, dense data hardly less than two. */
const FEWEST_BYTES_PER_TOKEN = 2n;
const USUAL_BYTES_PER_TOKEN = 4n;
/** Output of an answer that says little; and of one whose request does not say how long it may become. */
const SHORT_ANSWER = 500n;
const UNSAID_MAX_TOKENS = 64_000n;
/** Surcharges on the tokens (inference in the US, 10 %) and a unit for what is rounded off. */
const SURCHARGE_PERCENT = 110n;
const PER_MILLION = 1_000_000n;

/**
 * The bounds of a call's charge. `most` supposes that all input is written to the dearest cache and that the answer is as
 * long as it may be; `least`, that nothing is cached and the answer is short.
 */
export function needOf(bytes: number, peek: RequestPeek, price: Price, markupPercent: string): Need {
  const dense = BigInt(bytes) / FEWEST_BYTES_PER_TOKEN + 1n;
  const usual = BigInt(bytes) / USUAL_BYTES_PER_TOKEN + 1n;
  const longest = peek.maxTokens === null ? UNSAID_MAX_TOKENS : BigInt(peek.maxTokens);
  const short = longest < SHORT_ANSWER ? longest : SHORT_ANSWER;
  const most = ratesFor(price, dense);
  const least = ratesFor(price, usual);
  return {
    most: charged(dense * most.dearestInput + longest * most.output, markupPercent),
    least: charged(usual * least.input + short * least.output, markupPercent),
  };
}

interface UnitRates {
  input: bigint;
  dearestInput: bigint;
  output: bigint;
}

/** Units for a million tokens, by price: a price does not change. */
const known = new WeakMap<Rates, UnitRates>();

function ratesFor(price: Price, promptTokens: bigint): UnitRates {
  const long = price.longPrompt;
  const rates = long && promptTokens > BigInt(long.threshold) ? long.rates : price.rates;
  let units = known.get(rates);
  if (!units) {
    const inputs = [rates.input, rates.cacheWrite5m, rates.cacheWrite1h, rates.cacheRead].map(toUnits);
    const dearestInput = inputs.reduce((dearest, one) => (one > dearest ? one : dearest));
    units = { input: toUnits(rates.input), dearestInput, output: toUnits(rates.output) };
    known.set(rates, units);
  }
  return units;
}

/** With markup (hundredths of a percent) and surcharge, rounded up. */
function charged(unitsTimesMillion: bigint, markupPercent: string): bigint {
  const factor = 10_000n + toUnits(markupPercent) / 100_000_000n;
  return (unitsTimesMillion * factor * SURCHARGE_PERCENT) / (PER_MILLION * 10_000n * 100n) + 1n;
}
