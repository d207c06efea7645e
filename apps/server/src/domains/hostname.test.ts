import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../errors.ts';
import { bareHost, isApex, readHostname } from './hostname.ts';
import { addressRecords, recordsFor } from './instructions.ts';

const PLATFORM = 'ide.example.net';
const codeOf = (typed: string): string => {
  try {
    return readHostname(typed, PLATFORM);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe('a hostname', () => {
  test.each([
    ['www.example.com', 'www.example.com'],
    [' HTTPS://WWW.Example.com/ ', 'www.example.com'],
    ['https://www.example.com/path?query', 'www.example.com'],
    ['example.co.uk.', 'example.co.uk'],
    ['bücher.example', 'domain_not_public'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['a.b.c.d.example.com', 'a.b.c.d.example.com'],
    ['mara.github.io', 'mara.github.io'],
  ])('%s is read as %s', (typed, hostname) => expect(codeOf(typed)).toBe(hostname));

  test.each([
    ...[
      '',
      'localhost',
      'com',
      'www',
      'a b.com',
      '1.2.3.4',
      '0x7f.1',
      '[::1]',
      '::1',
      '2130706433',
      'www.example.com:80',
    ],
    ...['user@example.com', '*.example.com', '_talkide.example.com', '-a.example.com', 'a..com'],
    ...[
      'a.example.com\r\nX: y',
      'a.example.com\0',
      '%2e.example.com',
      `${'a'.repeat(64)}.com`,
      `${'a.'.repeat(122)}com`,
    ],
    ...['..', '.example.com', 'javascript:alert(1)', '../../etc/passwd', 'https://https://example.com'],
  ])('%j is none', (typed) => expect(codeOf(typed)).toBe('domain_invalid'));

  test.each([
    ...[
      'co.uk',
      'github.io',
      'app.test',
      'db.internal',
      'printer.local',
      'x.onion',
      '1.0.0.127.in-addr.arpa',
      'a.localhost',
    ],
    ...['shop.invalid', 'www.nosuchending'],
  ])('%s is nobody’s', (typed) => expect(codeOf(typed)).toBe('domain_not_public'));

  test.each(['ide.example.net', 'x.ide.example.net', 'A.B.IDE.example.NET.', 'https://ide.example.net'])(
    '%s is the platform’s',
    (typed) => expect(codeOf(typed)).toBe('domain_of_platform'),
  );
  test('names that only end alike are not', () => expect(codeOf('myide.example.net')).toBe('myide.example.net'));

  test('whatever is typed gives a name that is safe to use, or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.domain(), fc.webUrl()), (typed) => {
        const result = codeOf(typed);
        if (result.startsWith('domain_')) return;
        expect(result).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        expect(codeOf(result)).toBe(result);
        expect(bareHost(`${result.toUpperCase()}.:443`)).toBe(result);
      }),
    );
  });
});

describe('instructions', () => {
  const place = { host: PLATFORM, addresses: ['192.0.2.1', '2001:db8::1'] };

  test('are a CNAME below a registered name, and addresses for it itself', () => {
    expect(recordsFor('www.example.com', 'token', place)).toEqual([
      { type: 'TXT', name: '_talkide.www.example.com', value: 'talkide-verification=token' },
      { type: 'CNAME', name: 'www.example.com', value: PLATFORM },
    ]);
    expect(addressRecords('example.co.uk', place)).toEqual([
      { type: 'A', name: 'example.co.uk', value: '192.0.2.1' },
      { type: 'AAAA', name: 'example.co.uk', value: '2001:db8::1' },
    ]);
    expect(isApex('example.co.uk')).toBe(true);
    expect(isApex('www.example.co.uk')).toBe(false);
  });

  test('are addresses for all where the platform has no public name, and none without those', () => {
    const local = { host: 'localhost', addresses: ['192.0.2.1'] };
    expect(addressRecords('www.example.com', local).map(({ type }) => type)).toEqual(['A']);
    expect(addressRecords('www.example.com', { host: '10.0.0.1', addresses: [] })).toEqual([]);
    expect(addressRecords('example.com', { host: PLATFORM, addresses: [] })).toEqual([]);
  });
});
