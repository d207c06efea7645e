import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd } from '../../platform/money.ts';
import { noUsage } from '../meter/usage.ts';
import { costOf, isEstimate, type Price, withMarkup } from './pricing.ts';

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
const none = () => null;
const cost = (usage: Partial<typeof noUsage>, priceOf: (model: string) => Price | null = none) =>
  formatUsd(costOf({ ...noUsage, ...usage }, price, priceOf));

describe('costOf', () => {
  it('prices each kind of token at its rate, exactly', () => {
    expect(
      cost({ inputTokens: 1, outputTokens: 1, cacheReadTokens: 1, cacheWrite5mTokens: 1, cacheWrite1hTokens: 1 }),
    ).toBe('0.000000935');
    expect(cost({ inputTokens: 3 })).toBe('0.0000003');
  });

  it('takes the long-prompt rates for the whole request above the threshold only', () => {
    expect(cost({ inputTokens: 60_000, cacheReadTokens: 40_000, outputTokens: 10 })).toBe('0.006405');
    expect(cost({ inputTokens: 60_001, cacheReadTokens: 40_000, outputTokens: 10 })).toBe('0.0320255');
  });

  it('applies batch, inference in the US and web searches', () => {
    expect(cost({ inputTokens: 1_000, serviceTier: 'batch' })).toBe('0.00005');
    expect(cost({ inputTokens: 1_000, inferenceGeo: 'us' })).toBe('0.00011');
    expect(cost({ inputTokens: 1_000, webSearchRequests: 3 })).toBe('0.0301');
  });

  it('prices calls inside the call with the price of their own model', () => {
    const extra = [
      {
        model: 'dear',
        inTopLevel: false,
        inputTokens: 10,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
      },
    ];
    const dear: Price = { ...price, rates: { ...price.rates, input: '5' } };
    expect(cost({ extra }, (model) => (model === 'dear' ? dear : null))).toBe('0.00005');
    expect(isEstimate({ ...noUsage, extra }, price, none)).toBe(true);
    expect(isEstimate({ ...noUsage, extra }, price, () => dear)).toBe(false);
    expect(isEstimate({ ...noUsage, speed: 'fast' }, price, none)).toBe(true);
    expect(isEstimate({ ...noUsage, speed: 'fast' }, { ...price, speed: 'fast' }, none)).toBe(false);
  });

  it('takes tokens that a fallback served out of the rest', () => {
    const inner = { outputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
    const dear: Price = { ...price, rates: { ...price.rates, input: '5' } };
    const extra = [{ ...inner, model: 'dear', inTopLevel: true, inputTokens: 10 }];
    expect(cost({ inputTokens: 15, extra }, () => dear)).toBe('0.0000505');
    expect(cost({ inputTokens: 3, extra }, () => dear)).toBe('0.00005');
  });

  it('adds up: the cost of a sum of calls is the sum of their costs', () => {
    const count = fc.nat(30_000);
    fc.assert(
      fc.property(count, count, count, (a, b, c) => {
        const parts = [{ inputTokens: a }, { outputTokens: b }, { cacheReadTokens: c }];
        const sum = parts.map((one) => costOf({ ...noUsage, ...one }, price, none)).reduce((x, y) => x.plus(y));
        expect(cost({ inputTokens: a, outputTokens: b, cacheReadTokens: c })).toBe(formatUsd(sum));
      }),
    );
  });

  it('marks up by a percentage', () => {
    expect(formatUsd(withMarkup(costOf({ ...noUsage, inputTokens: 10 }, price, none), '12.5'))).toBe('0.000001125');
    expect(formatUsd(withMarkup(costOf({ ...noUsage, inputTokens: 10 }, price, none), '0'))).toBe('0.000001');
  });
});
