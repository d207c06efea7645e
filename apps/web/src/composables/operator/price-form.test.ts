import type { ModelPrice } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { localTime, priceForm, priceProblems, priceTime, toPrice } from './price-form';

const now = new Date('2026-11-25T10:02:00Z');
const rates = { input: '4', output: '20', cacheWrite5m: '5', cacheWrite1h: '8', cacheRead: '0.2' };
const price: ModelPrice = {
  id: '1',
  model: 'claude-opus-5-5',
  speed: 'standard',
  effectiveFrom: '2025-01-01T00:00:00.000Z',
  effectiveTo: null,
  rates,
  longPrompt: { thresholdTokens: 100_000, rates },
  webSearchUsd: '0.01',
};

describe('the form of a price', () => {
  it('begins with what the model costs, from a time soon', () => {
    const form = priceForm(now, price);
    expect(priceProblems(form, now)).toEqual({});
    expect(toPrice(form)).toEqual({
      model: 'claude-opus-5-5',
      speed: 'standard',
      effectiveFrom: '2026-11-25T10:10:00.000Z',
      rates,
      longPrompt: { thresholdTokens: 100_000, rates },
      webSearchUsd: '0.01',
    });
  });
  it('begins after a price that is to come', () => {
    const form = priceForm(now, { ...price, effectiveFrom: '2026-12-01T00:00:00.000Z' });
    expect(toPrice(form).effectiveFrom).toBe('2026-12-01T00:10:00.000Z');
  });
  it('without rates says which are missing', () => {
    expect(Object.keys(priceProblems(priceForm(now, null), now))).toEqual(['model', ...Object.keys(rates)]);
  });
  it.each([
    [{ model: 'two words' }, { model: 'model' }],
    [{ from: localTime(now) }, { from: 'past' }],
    [{ from: '' }, { from: 'past' }],
    [{ rates: { ...rates, input: '1,5' } }, { input: 'rate' }],
    [{ longRates: { ...rates, output: '-1' } }, { 'long.output': 'rate' }],
    [{ hasLongPrompt: false, threshold: '', longRates: { ...rates, output: '' } }, {}],
    [{ threshold: '0' }, { threshold: 'threshold' }],
    [{ webSearchUsd: 'free' }, { webSearchUsd: 'rate' }],
  ])('%j has the problems %j', (change, problems) => {
    expect(priceProblems({ ...priceForm(now, price), ...change }, now)).toEqual(problems);
  });
});

describe('priceTime', () => {
  it.each([
    ['2026-11-25T10:02:00Z', null, 'now'],
    ['2026-11-25T10:02:01Z', null, 'future'],
    ['2025-01-01T00:00:00Z', '2026-11-25T10:02:00Z', 'past'],
    ['2025-01-01T00:00:00Z', '2026-12-01T00:00:00Z', 'now'],
  ])('from %s to %s is %s', (effectiveFrom, effectiveTo, time) => {
    expect(priceTime({ ...price, effectiveFrom, effectiveTo }, now)).toBe(time);
  });
});
