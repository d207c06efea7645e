import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUnits, toUnits } from '../../platform/money.ts';
import { noUsage } from '../meter/usage.ts';
import type { RequestPeek } from '../request/request-peek.ts';
import { needOf } from './need.ts';
import { costOf, type Price, withMarkup } from './pricing.ts';

const price: Price = {
  id: '1',
  model: 'claude-haiku-5-5',
  speed: 'standard',
  rates: { input: '0.10', output: '0.50', cacheWrite5m: '0.125', cacheWrite1h: '0.20', cacheRead: '0.01' },
  longPrompt: {
    threshold: 100_000,
    rates: { input: '0.50', output: '2.50', cacheWrite5m: '0.625', cacheWrite1h: '1', cacheRead: '0.05' },
  },
  webSearchUsd: '0.01',
};
const peek = (maxTokens: number | null): RequestPeek => ({ model: 'm', stream: true, maxTokens, speed: 'standard' });
const usd = (units: bigint) => Number(fromUnits(units));

describe('needOf', () => {
  it('is at most what the dearest cache and the longest answer cost, a tenth more for where it is served', () => {
    // 20,001 tokens at 0.20 and 1,000 at 0.50 dollars per million, 10 % and a markup of 20 %.
    expect(usd(needOf(40_000, peek(1_000), price, '20').most)).toBeCloseTo((20_001 * 0.2 + 1_000 * 0.5) * 1.32e-6, 9);
  });

  it('covers whatever a call within its bytes and its longest answer may have used', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.nat(2_000_000),
        fc.integer({ min: 1, max: 64_000 }),
        share,
        share,
        fc.boolean(),
        (bytes, longest, prompt, answer, us) => {
          const usage = {
            ...noUsage,
            cacheWrite1hTokens: Math.floor((bytes / 2) * prompt),
            outputTokens: Math.floor(longest * answer),
            inferenceGeo: us ? 'us' : null,
          };
          const cost = withMarkup(
            costOf(usage, price, () => null),
            '20',
          );
          expect(needOf(bytes, peek(longest), price, '20').most >= toUnits(cost)).toBe(true);
        },
      ),
    );
  });

  it('is at least what an ordinary call costs, also where pictures make a request large', () => {
    const small = needOf(4_000, peek(1_000), price, '0').least;
    const pictures = needOf(8_000_000, peek(1_000), price, '0').least;
    expect(usd(small)).toBeCloseTo((1_001 * 0.1 + 500 * 0.5) * 1.1e-6, 9);
    expect(usd(pictures)).toBeLessThan(0.01);
  });

  it('supposes a long answer where the request does not say', () => {
    expect(needOf(0, peek(null), price, '0').most).toBe(needOf(0, peek(64_000), price, '0').most);
  });
});
