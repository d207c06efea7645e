import type { ModelPrice } from '@talkide/contracts';

export const RATES = ['input', 'output', 'cacheWrite5m', 'cacheWrite1h', 'cacheRead'] as const;
export type Rate = (typeof RATES)[number];
export type Rates = Record<Rate, string>;

export interface PriceForm {
  model: string;
  speed: ModelPrice['speed'];
  /** `2026-11-25T14:05`, in the reader's zone. */
  from: string;
  rates: Rates;
  hasLongPrompt: boolean;
  threshold: string;
  longRates: Rates;
  webSearchUsd: string;
}

export type PriceProblem = 'model' | 'past' | 'rate' | 'threshold';
export type PriceProblems = Partial<Record<string, PriceProblem>>;

const noRates = (): Rates => ({ input: '', output: '', cacheWrite5m: '', cacheWrite1h: '', cacheRead: '' });
const STEP_MS = 5 * 60_000;

/** A time as the field takes it. */
export function localTime(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** A form for a new model, or with what a model costs. It begins in five to ten minutes, or after the price it begins with. */
export function priceForm(now: Date, price: ModelPrice | null): PriceForm {
  const earliest = Math.max(now.getTime(), price ? Date.parse(price.effectiveFrom) : 0);
  const start = new Date((Math.floor(earliest / STEP_MS) + 2) * STEP_MS);
  return {
    model: price?.model ?? '',
    speed: price?.speed ?? 'standard',
    from: localTime(start),
    rates: { ...noRates(), ...price?.rates },
    hasLongPrompt: Boolean(price?.longPrompt),
    threshold: price?.longPrompt ? String(price.longPrompt.thresholdTokens) : '',
    longRates: { ...noRates(), ...price?.longPrompt?.rates },
    webSearchUsd: price?.webSearchUsd ?? '0.01',
  };
}

const isRate = (text: string) => /^\d{1,6}(\.\d{1,6})?$/.test(text.trim());

/** What is wrong with a form, by field; `long.` fields are those of long prompts. */
export function priceProblems(form: PriceForm, now: Date): PriceProblems {
  const problems: PriceProblems = {};
  if (!/^[\w.:-]{1,200}$/.test(form.model.trim())) problems.model = 'model';
  if (!(new Date(form.from) > now)) problems.from = 'past';
  for (const rate of RATES) {
    if (!isRate(form.rates[rate])) problems[rate] = 'rate';
    if (form.hasLongPrompt && !isRate(form.longRates[rate])) problems[`long.${rate}`] = 'rate';
  }
  if (form.hasLongPrompt && !/^[1-9]\d{0,8}$/.test(form.threshold.trim())) problems.threshold = 'threshold';
  if (!isRate(form.webSearchUsd)) problems.webSearchUsd = 'rate';
  return problems;
}

const trimmed = (rates: Rates): Rates =>
  Object.fromEntries(RATES.map((rate) => [rate, rates[rate].trim()])) as unknown as Rates;

/** A form without problems as the API takes it. */
export const toPrice = (form: PriceForm) => ({
  model: form.model.trim(),
  speed: form.speed,
  effectiveFrom: new Date(form.from).toISOString(),
  rates: trimmed(form.rates),
  longPrompt: form.hasLongPrompt
    ? { thresholdTokens: Number(form.threshold.trim()), rates: trimmed(form.longRates) }
    : null,
  webSearchUsd: form.webSearchUsd.trim(),
});

/** Whether a price holds now, later, or no more. */
export function priceTime(price: ModelPrice, now: Date): 'now' | 'future' | 'past' {
  if (new Date(price.effectiveFrom) > now) return 'future';
  return price.effectiveTo !== null && new Date(price.effectiveTo) <= now ? 'past' : 'now';
}
