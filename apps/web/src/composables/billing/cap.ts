import { readAmount } from '@/lib/amount';

/** What was typed as a limit: an amount above zero, or nothing for no limit; null where it is neither. */
export function readCap(text: string): { usd: string | null } | null {
  if (text.trim() === '') return { usd: null };
  const usd = readAmount(text);
  return usd !== null && Number(usd) > 0 ? { usd } : null;
}
