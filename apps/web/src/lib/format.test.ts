import { describe, expect, it } from 'vitest';
import { initials } from './initials';
import { formatUsd, formatUsdRange, minusUsd } from './money';
import { posterShapes } from './poster';
import { splitLinks } from './split-links';
import { duration, relativeTime, wholeSeconds } from './time';
import { describeUserAgent } from './user-agent';

const now = new Date('2026-11-22T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe('relativeTime', () => {
  it.each([
    [5, 'now'],
    [61, '1 minute ago'],
    [7300, '2 hours ago'],
    [90_000, 'yesterday'],
    [-3700, 'in 1 hour'],
  ])('%i s ago is %j', (seconds, text) => {
    expect(relativeTime(ago(seconds), now, 'en')).toBe(text);
  });
  it('speaks Czech', () => {
    expect(relativeTime(ago(300), now, 'cs')).toBe('před 5 minutami');
  });
});

describe('duration', () => {
  it.each([
    [12, '< 0.1 s'],
    [940, '0.9 s'],
    [42_000, '42 s'],
    [120_000, '2 min'],
    [200_000, '3 min 20 s'],
  ])('%i ms is %j', (ms, text) => {
    expect(duration(ms, 'en')).toBe(text);
  });
  it('writes decimals as the language does', () => {
    expect(duration(9_200, 'cs')).toBe('9,2 s');
    expect(duration(9_960, 'en')).toBe('10 s');
  });
  it('has whole seconds where it ticks', () => {
    expect([0, 59, 60, 200].map(wholeSeconds)).toEqual(['0 s', '59 s', '1 min', '3 min 20 s']);
  });
});

describe('formatUsd', () => {
  it('shows cents, says "less than a cent", and keeps all decimals aside', () => {
    expect(formatUsd('1.2', 'en')).toEqual({ short: '$1.20', fine: '$1.20', exact: '$1.20 USD' });
    expect(formatUsd('0.000321', 'en')).toEqual({ short: '< $0.01', fine: '$0.000321', exact: '$0.000321 USD' });
    expect(formatUsd('0', 'en').short).toBe('$0.00');
  });
  it('never shows something as nothing', () => {
    expect(formatUsd('0.0000000001', 'en')).toEqual({
      ...{ short: '< $0.01', fine: '< $0.000001', exact: '< $0.000001 USD' },
    });
    expect(formatUsd('-0.001', 'en').short).toBe('> -$0.01');
    expect(formatUsd('-1.5', 'en').short).toBe('-$1.50');
  });
});

describe('minusUsd', () => {
  it.each([
    ['1', '0.0000000001', '0.9999999999'],
    ['100', '0', '100'],
    ['0.3', '0.1', '0.2'],
    ['0.1', '0.3', '-0.2'],
    ['-0.5', '-0.5', '0'],
    ['12.50', '2.5', '10'],
  ])('%s less %s is %s', (a, b, result) => {
    expect(minusUsd(a, b)).toBe(result);
  });
});

describe('formatUsdRange', () => {
  it.each([
    ['0.0001', '0.002', 'under', '$0.01'],
    ['0.0001', '0.042', 'most', '$0.04'],
    ['0.021', '0.0249', 'about', '$0.02'],
  ])('%s to %s is %s %s', (low, high, form, text) => {
    expect(formatUsdRange(low, high, 'en')).toEqual({ form, text });
  });
  it('names both ends', () => {
    const { form, text } = formatUsdRange('0.01', '1.2', 'en');
    expect([form, text.replace(/\s/g, ' ')]).toEqual(['range', '$0.01 – $1.20']);
  });
});

describe('initials', () => {
  it.each([
    ['Ella Novák', 'EN'],
    ['ella', 'E'],
    ['Žofie z Brna', 'ŽB'],
    [' ', '?'],
  ])('of %j are %j', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

describe('splitLinks', () => {
  it('finds addresses and leaves the full stop out', () => {
    expect(splitLinks('Open http://a.test/x#y=1. Thanks')).toEqual([
      { text: 'Open ' },
      { text: 'http://a.test/x#y=1', href: 'http://a.test/x#y=1' },
      { text: '. Thanks' },
    ]);
  });
  it('makes no link of anything else', () => {
    expect(splitLinks('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)' }]);
  });
});

describe('describeUserAgent', () => {
  it('names browser and system', () => {
    const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
    expect(describeUserAgent(chrome)).toBe('Chrome · Windows');
    expect(describeUserAgent('curl/8')).toBe('curl/8');
    expect(describeUserAgent(null)).toBeNull();
  });
});

describe('posterShapes', () => {
  it('draws the same for the same name, and something for any', () => {
    expect(posterShapes('Guest book')).toEqual(posterShapes('Guest book'));
    for (const seed of ['', 'a', 'Kniha hostů', '😀', 'x'.repeat(500)])
      expect(posterShapes(seed).length).toBeGreaterThan(3);
  });
});
