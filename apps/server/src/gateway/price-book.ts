import type { Database, ModelPriceRow } from '../platform/db/index.ts';
import type { Price, Rates } from './pricing.ts';
import { priceNames } from './request-peek.ts';

/** Prices in force now. */
export interface PriceBook {
  priceOf(model: string): Price | null;
}

/** How long prices are kept in memory: a new row counts after this at the latest, a known change at its own moment. */
const FRESH_MS = 5_000;

/** Reads the prices in force at this moment. */
export function createPriceReader(db: Database): () => Promise<PriceBook> {
  let rows: Promise<ModelPriceRow[]> | undefined;
  let staleAt = 0;

  const read = () => {
    if (!rows || performance.now() >= staleAt) {
      staleAt = performance.now() + FRESH_MS;
      rows = db.system((tx) => tx.selectFrom('model_price').selectAll().execute());
      rows.catch(() => {
        rows = undefined;
      });
    }
    return rows;
  };
  return async () => priceBook(await read(), new Date());
}

/** The prices that are in force at a time. */
export function priceBook(rows: readonly ModelPriceRow[], at: Date): PriceBook {
  const inForce = rows.filter(
    (row) => row.effective_from <= at && (row.effective_to === null || row.effective_to > at),
  );
  const byModel = new Map(inForce.map((row) => [row.model, toPrice(row)]));
  return {
    priceOf: (model) => {
      for (const name of priceNames(model)) {
        const price = byModel.get(name);
        if (price) return price;
      }
      return null;
    },
  };
}

function toPrice(row: ModelPriceRow): Price {
  const rates: Rates = {
    input: row.input_per_mtok,
    output: row.output_per_mtok,
    cacheWrite5m: row.cache_write_5m_per_mtok,
    cacheWrite1h: row.cache_write_1h_per_mtok,
    cacheRead: row.cache_read_per_mtok,
  };
  const { id, model, web_search_usd: webSearchUsd, long_prompt_threshold_tokens: threshold } = row;
  if (threshold === null) return { id, model, rates, longPrompt: null, webSearchUsd };
  // A CHECK of the table: the long rates are all there or none is.
  const long: Rates = {
    input: row.long_input_per_mtok ?? rates.input,
    output: row.long_output_per_mtok ?? rates.output,
    cacheWrite5m: row.long_cache_write_5m_per_mtok ?? rates.cacheWrite5m,
    cacheWrite1h: row.long_cache_write_1h_per_mtok ?? rates.cacheWrite1h,
    cacheRead: row.long_cache_read_per_mtok ?? rates.cacheRead,
  };
  return { id, model, rates, longPrompt: { threshold: Number(threshold), rates: long }, webSearchUsd };
}
