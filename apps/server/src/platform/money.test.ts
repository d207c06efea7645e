import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centsOf, formatUsd, priceOfTokens, usd, usdOfCents, zeroUsd } from './money.ts';

test('what no float can hold is exact', () => {
  expect(formatUsd(usd('0.1').plus('0.2'))).toBe('0.3');
  expect(formatUsd(usd('9999999999.9999999999').plus('0.0000000001'))).toBe('10000000000');
  expect(formatUsd(usd('0.0000000001'))).toBe('0.0000000001');
});

test('the price of tokens', () => {
  expect(formatUsd(priceOfTokens(1, '3'))).toBe('0.000003');
  expect(formatUsd(priceOfTokens(123_456_789n, '0.08'))).toBe('9.87654312');
  expect(formatUsd(priceOfTokens(0, '15'))).toBe('0');
});

test('is written without an exponent, and rounded half to even where places are asked for', () => {
  expect(formatUsd(usd('1e-10'))).toBe('0.0000000001');
  expect(formatUsd(usd('0.125'), 2)).toBe('0.12');
  expect(formatUsd(usd('0.135'), 2)).toBe('0.14');
  expect(formatUsd(zeroUsd, 2)).toBe('0.00');
});

test('sums do not depend on the order, as with integers of the smallest unit', () => {
  const unit = 10_000_000_000n;
  const written = (units: bigint) => `${units / unit}.${(units % unit).toString().padStart(10, '0')}`;
  fc.assert(
    fc.property(fc.array(fc.bigInt(0n, 10n ** 19n), { maxLength: 20 }), (amounts) => {
      const total = amounts.reduce((sum, units) => sum + units, 0n);
      const there = amounts.reduce((sum, units) => sum.plus(written(units)), zeroUsd);
      const back = amounts.reduceRight((sum, units) => sum.plus(written(units)), zeroUsd);
      expect(there.eq(usd(written(total)))).toBe(true);
      expect(back.eq(there)).toBe(true);
    }),
  );
});

test('cents are whole, and come back as they went', () => {
  expect([centsOf('5'), centsOf('25.5'), centsOf('500.00'), centsOf('0.07')]).toEqual([500, 2550, 50_000, 7]);
  expect([usdOfCents(500), usdOfCents(7), usdOfCents(-2550)]).toEqual(['5.00', '0.07', '-25.50']);
  expect(() => centsOf('1.005')).toThrow('no whole cents');
  fc.assert(fc.property(fc.integer(), (cents) => centsOf(usdOfCents(cents)) === cents));
});
