import { describe, expect, it } from 'vitest';
import { readAmount } from './amount';

describe('readAmount', () => {
  it.each([
    ['25', '25'],
    [' $25.50 ', '25.50'],
    ['25,5', '25.5'],
    ['1 000 USD', '1000'],
  ])('reads %j as %s', (text, usd) => expect(readAmount(text)).toBe(usd));
  it.each(['', '-5', '5.005', '1.000,50', 'five', '12345678', '٥'])('does not read %j', (text) =>
    expect(readAmount(text)).toBeNull(),
  );
});
