import { formatUsd, usd } from '../platform/money.ts';

/** Sums and counts as PostgreSQL writes them. */
export interface SpendRow {
  calls: string;
  charged_usd: string;
  waived_usd: string;
}

export interface TokenRow {
  input_tokens: string;
  output_tokens: string;
  cache_read_tokens: string;
  cache_write_tokens: string;
}

/** An amount without the zeros at its end. */
export const amount = (text: string): string => formatUsd(usd(text));

export const spendView = (row: SpendRow) => ({
  calls: Number(row.calls),
  chargedUsd: amount(row.charged_usd),
  waivedUsd: amount(row.waived_usd),
});

export const tokensView = (row: TokenRow) => ({
  inputTokens: Number(row.input_tokens),
  outputTokens: Number(row.output_tokens),
  cacheReadTokens: Number(row.cache_read_tokens),
  cacheWriteTokens: Number(row.cache_write_tokens),
});

export const marginView = (row: SpendRow & { raw_usd: string }) => ({
  ...spendView(row),
  rawUsd: amount(row.raw_usd),
  marginUsd: formatUsd(usd(row.charged_usd).minus(row.waived_usd).minus(row.raw_usd)),
});

export const nothing: SpendRow = { calls: '0', charged_usd: '0', waived_usd: '0' };
