import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, percentile } from './histogram.ts';

const histogram = (times: readonly number[]) => {
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const ms of times) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
};
const time = fc.double({ min: 0, max: 60_000, noNaN: true });

describe('times in buckets', () => {
  it('give percentiles that are never too low, and a fifth and a millisecond too high at most', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (times, part) => {
        const sorted = times.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
        const told = percentile(histogram(times), part) ?? -1;
        expect(told).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(told).toBeLessThanOrEqual(exact * 1.2 + 0.5);
      }),
    );
  });

  it('mean the same whether they are added up before or after', () => {
    fc.assert(
      fc.property(fc.array(time), fc.array(time), (one, other) => {
        const [a, b] = [histogram(one), histogram(other)];
        expect(a.map((count, at) => count + (b[at] ?? 0))).toEqual(histogram([...one, ...other]));
      }),
    );
  });

  it('take whatever comes', () => {
    expect([Number.NaN, -5, 0, Number.POSITIVE_INFINITY].map(bucketOf)).toEqual([0, 0, 0, BUCKETS - 1]);
    expect(percentile(histogram([]), 0.5)).toBeNull();
  });
});
