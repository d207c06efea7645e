import type { RequestPeek } from '../request/request-peek.ts';
import type { Price } from './pricing.ts';
import { MARKUP_SCALE, markupFactor, type UnitRates, unitRates } from './rates.ts';

/** What a call may cost before it is made, in units (1e-10 US dollars). */
export interface Need {
  most: bigint;
  least: bigint;
}

/** Bytes of a request for a token: JSON of text and code has more than three, dense data hardly less than two. */
const FEWEST_BYTES_PER_TOKEN = 2n;
const USUAL_BYTES_PER_TOKEN = 4n;
/** Beyond this a prompt is pictures, which have few tokens for their bytes, or stands in the cache, which is cheap. */
const MOST_USUAL_TOKENS = 20_000n;
/** Output of an answer that says little; and of one whose request does not say how long it may become. */
const SHORT_ANSWER = 500n;
const UNSAID_MAX_TOKENS = 64_000n;
/** Surcharges on the tokens (inference in the US, 10 %) and a unit for what is rounded off. */
const SURCHARGE_PERCENT = 110n;
const PER_MILLION = 1_000_000n;

/**
 * The bounds of a call's charge. `most` supposes that all input is written to the dearest cache and that the answer is as
 * long as it may be; `least`, that an ordinary prompt is not cached and the answer is short.
 */
export function needOf(bytes: number, peek: RequestPeek, price: Price, markupPercent: string): Need {
  const dense = BigInt(bytes) / FEWEST_BYTES_PER_TOKEN + 1n;
  const ordinary = BigInt(bytes) / USUAL_BYTES_PER_TOKEN + 1n;
  const usual = ordinary < MOST_USUAL_TOKENS ? ordinary : MOST_USUAL_TOKENS;
  const longest = peek.maxTokens === null ? UNSAID_MAX_TOKENS : BigInt(peek.maxTokens);
  const short = longest < SHORT_ANSWER ? longest : SHORT_ANSWER;
  const most = ratesFor(price, dense);
  const least = ratesFor(price, usual);
  const factor = markupFactor(markupPercent);
  return {
    most: charged(dense * most.dearestInput + longest * most.output, factor),
    least: charged(usual * least.input + short * least.output, factor),
  };
}

function ratesFor(price: Price, promptTokens: bigint): UnitRates {
  const long = price.longPrompt;
  return unitRates(long && promptTokens > BigInt(long.threshold) ? long.rates : price.rates);
}

/** With markup and surcharge, rounded up. */
function charged(unitsTimesMillion: bigint, factor: bigint): bigint {
  return (unitsTimesMillion * factor * SURCHARGE_PERCENT) / (PER_MILLION * MARKUP_SCALE * 100n) + 1n;
}
