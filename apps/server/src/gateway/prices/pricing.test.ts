import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd, priceOfTokens, usd, zeroUsd } from '../../platform/money.ts';
import { noUsage } from '../meter/usage.ts';
import { costOf, isEstimate, type Price, rounded, withMarkup } from './pricing.ts';

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
  formatUsd(usd(costOf({ ...noUsage, ...usage }, price, priceOf)).div('1e18'));

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
        const sum = parts.map((one) => costOf({ ...noUsage, ...one }, price, none)).reduce((x, y) => x + y);
        expect(costOf({ ...noUsage, inputTokens: a, outputTokens: b, cacheReadTokens: c }, price, none)).toBe(sum);
      }),
    );
  });

  it('is what decimal arithmetic gives, to the last of its ten decimals', () => {
    const rate = fc
      .tuple(fc.nat(200), fc.nat(999_999))
      .map(([whole, rest]) => `${whole}.${String(rest).padStart(6, '0')}`);
    const rates = fc.record({ input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: rate });
    const count = fc.nat(3_000_000);
    const tokens = fc.record({
      ...{ inputTokens: count, outputTokens: count, cacheReadTokens: count },
      ...{ cacheWrite5mTokens: count, cacheWrite1hTokens: count, webSearchRequests: fc.nat(9) },
      inferenceGeo: fc.constantFrom('us', null),
      serviceTier: fc.constantFrom('batch', 'standard'),
    });
    const markup = fc
      .tuple(fc.nat(300), fc.nat(9999))
      .map(([whole, rest]) => `${whole}.${String(rest).padStart(4, '0')}`);
    fc.assert(
      fc.property(rates, tokens, markup, (given, used, percent) => {
        const raw = costOf({ ...noUsage, ...used }, { ...price, rates: given, longPrompt: null }, none);
        let sum = zeroUsd;
        for (const kind of ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const) {
          sum = sum.plus(priceOfTokens(used[`${kind}Tokens`], given[kind]));
        }
        if (used.inferenceGeo === 'us') sum = sum.times('1.1');
        if (used.serviceTier === 'batch') sum = sum.times('0.5');
        sum = sum.plus(usd(price.webSearchUsd).times(used.webSearchRequests));
        expect(rounded(raw)).toBe(formatUsd(sum, 10));
        expect(withMarkup(raw, percent)).toBe(formatUsd(sum.times(usd(percent).div(100).plus(1)), 10));
      }),
      { numRuns: 2_000 },
    );
  });

  it('marks up by a percentage', () => {
    const raw = costOf({ ...noUsage, inputTokens: 10 }, price, none);
    expect(withMarkup(raw, '12.5')).toBe('0.0000011250');
    expect(withMarkup(raw, '0')).toBe('0.0000010000');
  });

  it('rounds a half to the even neighbour', () => {
    const of = (units: string) => rounded(BigInt(units));
    expect([of('50000000'), of('150000000'), of('150000001'), of('250000000')]).toEqual([
      ...['0.0000000000', '0.0000000002', '0.0000000002', '0.0000000002'],
    ]);
  });
});
