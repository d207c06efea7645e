import { fromUnits, toUnits } from '../../platform/money.ts';
import type { ExtraUsage, Usage } from '../meter/usage.ts';
import { MARKUP_SCALE, markupFactor, type Rates, unitRates } from './rates.ts';

export type Speed = 'standard' | 'fast';
export type PriceOf = (model: string, speed?: Speed) => Price | null;

/** One effective-dated price of a model. */
export interface Price {
  id: string;
  model: string;
  speed: Speed;
  rates: Rates;
  /** Above `threshold` prompt tokens these rates hold for the whole request. */
  longPrompt: { threshold: number; rates: Rates } | null;
  webSearchUsd: string;
}

type Tokens = Omit<ExtraUsage, 'model' | 'inTopLevel'>;

/**
 * The cost of a call in 1e-18 US dollars, exact: rates have at most ten decimals for a million tokens, and the factors of
 * inference in the US (1.1) and of batches (0.5) one each.
 */
export type Cost = bigint;

const PER_TOKEN = 100n;
const PER_UNIT = 100_000_000n;

/** The raw cost of a call. `priceOf` prices the calls inside it; null when a model has no price. */
export function costOf(usage: Usage, price: Price, priceOf: PriceOf): Cost {
  let cost = tokenCost(usage.extra.length === 0 ? usage : withoutInner(usage), price);
  for (const inner of usage.extra) cost += tokenCost(inner, (inner.model && priceOf(inner.model)) || price);
  cost *= PER_TOKEN;
  if (usage.inferenceGeo === 'us') cost = (cost * 11n) / 10n;
  if (usage.serviceTier === 'batch') cost /= 2n;
  if (usage.webSearchRequests === 0) return cost;
  return cost + BigInt(usage.webSearchRequests) * toUnits(price.webSearchUsd) * PER_UNIT;
}

/** The counts of a call less those of calls inside it that they include. */
function withoutInner(usage: Usage): Tokens {
  const inner = usage.extra.filter((one) => one.inTopLevel);
  const less = (count: (tokens: Tokens) => number) =>
    Math.max(
      0,
      inner.reduce((left, one) => left - count(one), count(usage)),
    );
  return {
    inputTokens: less((one) => one.inputTokens),
    outputTokens: less((one) => one.outputTokens),
    cacheReadTokens: less((one) => one.cacheReadTokens),
    cacheWrite5mTokens: less((one) => one.cacheWrite5mTokens),
    cacheWrite1hTokens: less((one) => one.cacheWrite1hTokens),
  };
}

/** A cost as the database keeps amounts: with ten decimals, a half rounded to the even neighbour. */
export const rounded = (cost: Cost): string => fromUnits(divideHalfEven(cost, PER_UNIT));

/** What is charged for a raw cost: the platform's markup, a percentage as a decimal string, is added before rounding. */
export const withMarkup = (raw: Cost, percent: string): string =>
  fromUnits(divideHalfEven(raw * markupFactor(percent), PER_UNIT * MARKUP_SCALE));

function divideHalfEven(amount: bigint, by: bigint): bigint {
  const whole = amount / by;
  const twiceRest = (amount - whole * by) * 2n;
  return twiceRest > by || (twiceRest === by && whole % 2n === 1n) ? whole + 1n : whole;
}

/** The cost is only an estimate where the price table has no row for how the call was served. */
export function isEstimate(usage: Usage, price: Price, priceOf: PriceOf): boolean {
  const servedFast = usage.speed === 'fast' && price.speed !== 'fast';
  return servedFast || usage.extra.some((inner) => inner.model !== null && !priceOf(inner.model));
}

/** In 1e-16 US dollars. */
function tokenCost(tokens: Tokens, price: Price): bigint {
  const prompt = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens;
  const long = price.longPrompt;
  const rates = unitRates(long && prompt > long.threshold ? long.rates : price.rates);
  return (
    BigInt(tokens.inputTokens) * rates.input +
    BigInt(tokens.outputTokens) * rates.output +
    BigInt(tokens.cacheReadTokens) * rates.cacheRead +
    BigInt(tokens.cacheWrite5mTokens) * rates.cacheWrite5m +
    BigInt(tokens.cacheWrite1hTokens) * rates.cacheWrite1h
  );
}
