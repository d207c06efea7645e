import { monotonicMs } from '../../platform/clock.ts';
import type { Database, ModelPriceRow } from '../../platform/db/index.ts';
import { priceNames } from '../request/request-peek.ts';
import type { Price, PriceOf, Speed } from './pricing.ts';
import type { Rates } from './rates.ts';

/** Prices in force now. */
export interface PriceBook {
  priceOf: PriceOf;
}

/** How long prices are kept in memory: a new row counts after this at the latest, a known change at its own moment. */
const FRESH_MS = 5_000;

/** Reads the prices in force at this moment; nearly always they are known already. */
export function createPriceReader(db: Database): () => PriceBook | Promise<PriceBook> {
  let book: PriceBook | null = null;
  let goodUntil = 0;
  let reading: Promise<PriceBook> | null = null;

  const read = async (): Promise<PriceBook> => {
    const rows = await db.system((tx) => tx.selectFrom('model_price').selectAll().execute());
    const now = new Date();
    book = priceBook(rows, now);
    // By a clock that nobody sets: a book kept until a time of day would be kept for hours when that goes back.
    goodUntil = monotonicMs() + Math.min(FRESH_MS, nextChange(rows, now) - now.getTime());
    return book;
  };
  return () => {
    if (book && monotonicMs() < goodUntil) return book;
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
}

function nextChange(rows: readonly ModelPriceRow[], now: Date): number {
  const times = rows.flatMap((row) => [row.effective_from.getTime(), row.effective_to?.getTime() ?? Infinity]);
  return Math.min(...times.filter((time) => time > now.getTime()), Infinity);
}

/** The prices that are in force at a time. */
export function priceBook(rows: readonly ModelPriceRow[], at: Date): PriceBook {
  const inForce = rows.filter(
    (row) => row.effective_from <= at && (row.effective_to === null || row.effective_to > at),
  );
  const known = new Map(inForce.map((row) => [keyOf(row.model, row.speed), toPrice(row)]));
  return {
    priceOf: (model, speed = 'standard') => {
      const exact = known.get(keyOf(model, speed));
      if (exact) return exact;
      for (const name of priceNames(model)) {
        const price = known.get(keyOf(name, speed));
        if (price) return price;
      }
      return null;
    },
  };
}

const keyOf = (model: string, speed: Speed) => (speed === 'standard' ? model : `${speed} ${model}`);

function toPrice(row: ModelPriceRow): Price {
  const rates: Rates = {
    input: row.input_per_mtok,
    output: row.output_per_mtok,
    cacheWrite5m: row.cache_write_5m_per_mtok,
    cacheWrite1h: row.cache_write_1h_per_mtok,
    cacheRead: row.cache_read_per_mtok,
  };
  const { id, model, speed, web_search_usd: webSearchUsd, long_prompt_threshold_tokens: threshold } = row;
  if (threshold === null) return { id, model, speed, rates, longPrompt: null, webSearchUsd };
  // A CHECK of the table: the long rates are all there or none is.
  const long: Rates = {
    input: row.long_input_per_mtok ?? rates.input,
    output: row.long_output_per_mtok ?? rates.output,
    cacheWrite5m: row.long_cache_write_5m_per_mtok ?? rates.cacheWrite5m,
    cacheWrite1h: row.long_cache_write_1h_per_mtok ?? rates.cacheWrite1h,
    cacheRead: row.long_cache_read_per_mtok ?? rates.cacheRead,
  };
  return { id, model, speed, rates, longPrompt: { threshold: Number(threshold), rates: long }, webSearchUsd };
}
