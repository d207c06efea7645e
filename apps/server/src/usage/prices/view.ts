import type { ModelPrice, usageRoutes } from '@talkide/contracts';
import type { z } from 'zod';
import type { ModelPriceRow } from '../../platform/db/index.ts';
import { amount } from '../views.ts';
import type { NewPrice } from './store.ts';

export type PriceForm = z.output<typeof usageRoutes.addPrice.body>;

export function priceView(row: ModelPriceRow): ModelPrice {
  const rates = {
    input: amount(row.input_per_mtok),
    output: amount(row.output_per_mtok),
    cacheWrite5m: amount(row.cache_write_5m_per_mtok),
    cacheWrite1h: amount(row.cache_write_1h_per_mtok),
    cacheRead: amount(row.cache_read_per_mtok),
  };
  return {
    id: row.id,
    model: row.model,
    speed: row.speed,
    effectiveFrom: row.effective_from.toISOString(),
    effectiveTo: row.effective_to?.toISOString() ?? null,
    rates,
    longPrompt: longPromptView(row),
    webSearchUsd: amount(row.web_search_usd),
  };
}

/** A CHECK of the table: the rates of long prompts are all there or none is. */
function longPromptView(row: ModelPriceRow): ModelPrice['longPrompt'] {
  if (row.long_prompt_threshold_tokens === null) return null;
  return {
    thresholdTokens: Number(row.long_prompt_threshold_tokens),
    rates: {
      input: amount(row.long_input_per_mtok ?? row.input_per_mtok),
      output: amount(row.long_output_per_mtok ?? row.output_per_mtok),
      cacheWrite5m: amount(row.long_cache_write_5m_per_mtok ?? row.cache_write_5m_per_mtok),
      cacheWrite1h: amount(row.long_cache_write_1h_per_mtok ?? row.cache_write_1h_per_mtok),
      cacheRead: amount(row.long_cache_read_per_mtok ?? row.cache_read_per_mtok),
    },
  };
}

export function toRow({ model, speed, effectiveFrom, rates, longPrompt, webSearchUsd }: PriceForm): NewPrice {
  const long = longPrompt?.rates;
  return {
    model,
    speed,
    effective_from: new Date(effectiveFrom),
    input_per_mtok: rates.input,
    output_per_mtok: rates.output,
    cache_write_5m_per_mtok: rates.cacheWrite5m,
    cache_write_1h_per_mtok: rates.cacheWrite1h,
    cache_read_per_mtok: rates.cacheRead,
    long_prompt_threshold_tokens: longPrompt ? String(longPrompt.thresholdTokens) : null,
    long_input_per_mtok: long?.input ?? null,
    long_output_per_mtok: long?.output ?? null,
    long_cache_write_5m_per_mtok: long?.cacheWrite5m ?? null,
    long_cache_write_1h_per_mtok: long?.cacheWrite1h ?? null,
    long_cache_read_per_mtok: long?.cacheRead ?? null,
    web_search_usd: webSearchUsd,
  };
}
