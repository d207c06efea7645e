import { type Money, priceOfTokens, usd, zeroUsd } from '../platform/money.ts';
import type { ExtraUsage, Usage } from './usage.ts';

/** Rates in US dollars per million tokens, as decimal strings. */
export interface Rates {
  input: string;
  output: string;
  cacheWrite5m: string;
  cacheWrite1h: string;
  cacheRead: string;
}

/** One effective-dated price of a model. */
export interface Price {
  id: string;
  model: string;
  rates: Rates;
  /** Above `threshold` prompt tokens these rates hold for the whole request. */
  longPrompt: { threshold: number; rates: Rates } | null;
  webSearchUsd: string;
}

type Tokens = Omit<ExtraUsage, 'model'>;

const US_INFERENCE = '1.1';
const BATCH = '0.5';

/** The raw cost of a call, exact. `priceOf` prices the calls inside it; null when a model has no price. */
export function costOf(usage: Usage, price: Price, priceOf: (model: string) => Price | null): Money {
  let tokens = tokenCost(usage, price);
  for (const inner of usage.extra) {
    tokens = tokens.plus(tokenCost(inner, (inner.model && priceOf(inner.model)) || price));
  }
  if (usage.inferenceGeo === 'us') tokens = tokens.times(US_INFERENCE);
  if (usage.serviceTier === 'batch') tokens = tokens.times(BATCH);
  return tokens.plus(usd(price.webSearchUsd).times(usage.webSearchRequests));
}

/** Adds the platform's markup, a percentage as a decimal string. */
export function withMarkup(raw: Money, percent: string): Money {
  return raw.times(usd(percent).div(100).plus(1));
}

/** The cost is only an estimate where the price table has no row for how the call was served. */
export function isEstimate(usage: Usage, priceOf: (model: string) => Price | null): boolean {
  return usage.speed === 'fast' || usage.extra.some((inner) => inner.model !== null && !priceOf(inner.model));
}

function tokenCost(tokens: Tokens, price: Price): Money {
  const prompt = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens;
  const long = price.longPrompt;
  const rates = long && prompt > long.threshold ? long.rates : price.rates;
  return zeroUsd
    .plus(priceOfTokens(tokens.inputTokens, rates.input))
    .plus(priceOfTokens(tokens.outputTokens, rates.output))
    .plus(priceOfTokens(tokens.cacheReadTokens, rates.cacheRead))
    .plus(priceOfTokens(tokens.cacheWrite5mTokens, rates.cacheWrite5m))
    .plus(priceOfTokens(tokens.cacheWrite1hTokens, rates.cacheWrite1h));
}
