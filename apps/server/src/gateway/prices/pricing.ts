import { type Money, priceOfTokens, usd, zeroUsd } from '../../platform/money.ts';
import type { ExtraUsage, Usage } from '../meter/usage.ts';

/** Rates in US dollars per million tokens, as decimal strings. */
export interface Rates {
  input: string;
  output: string;
  cacheWrite5m: string;
  cacheWrite1h: string;
  cacheRead: string;
}

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

const US_INFERENCE = '1.1';
const BATCH = '0.5';

/** The raw cost of a call, exact. `priceOf` prices the calls inside it; null when a model has no price. */
export function costOf(usage: Usage, price: Price, priceOf: PriceOf): Money {
  let tokens = tokenCost(usage.extra.length === 0 ? usage : withoutInner(usage), price);
  for (const inner of usage.extra) {
    tokens = tokens.plus(tokenCost(inner, (inner.model && priceOf(inner.model)) || price));
  }
  if (usage.inferenceGeo === 'us') tokens = tokens.times(US_INFERENCE);
  if (usage.serviceTier === 'batch') tokens = tokens.times(BATCH);
  return usage.webSearchRequests === 0 ? tokens : tokens.plus(usd(price.webSearchUsd).times(usage.webSearchRequests));
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

/** Adds the platform's markup, a percentage as a decimal string. */
export function withMarkup(raw: Money, percent: string): Money {
  return raw.times(usd(percent).div(100).plus(1));
}

/** The cost is only an estimate where the price table has no row for how the call was served. */
export function isEstimate(usage: Usage, price: Price, priceOf: PriceOf): boolean {
  const servedFast = usage.speed === 'fast' && price.speed !== 'fast';
  return servedFast || usage.extra.some((inner) => inner.model !== null && !priceOf(inner.model));
}

function tokenCost(tokens: Tokens, price: Price): Money {
  const prompt = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens;
  const long = price.longPrompt;
  const rates = long && prompt > long.threshold ? long.rates : price.rates;
  const cost = (count: number, rate: string): Money => (count === 0 ? zeroUsd : priceOfTokens(count, rate));
  return cost(tokens.inputTokens, rates.input)
    .plus(cost(tokens.outputTokens, rates.output))
    .plus(cost(tokens.cacheReadTokens, rates.cacheRead))
    .plus(cost(tokens.cacheWrite5mTokens, rates.cacheWrite5m))
    .plus(cost(tokens.cacheWrite1hTokens, rates.cacheWrite1h));
}
