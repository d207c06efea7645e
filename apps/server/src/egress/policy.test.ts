import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isPublic, judgeAddresses, onlyThese, PUBLIC_WEB, readDestination } from './policy.ts';

const dotted = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));

describe('a destination', () => {
  it.each([
    ['example.com:443', { host: 'example.com', port: 443 }],
    ['EXAMPLE.com.:8443', { host: 'example.com', port: 8443 }],
    ['example.com', { host: 'example.com', port: 80 }],
    ['[2606:4700::1]:443', { host: '2606:4700::1', port: 443 }],
    ['0x7f.1:80', { host: '127.0.0.1', port: 80 }],
    ['2130706433:443', { host: '127.0.0.1', port: 443 }],
    ['0177.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ])('%s', (text, expected) => expect(readDestination(text, 80)).toEqual(expected));

  it.each([
    '',
    ':443',
    'a b:443',
    'user@host:443',
    'host/path',
    'host:0',
    'host:70000',
    'host\\x',
    '[::1',
    'host:443?x',
  ])('none: %j', (text) => expect(readDestination(text, 80)).toBeNull());

  it('never throws, whatever is asked', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readDestination(text, 80)));
  });
});

describe('public addresses', () => {
  it.each(['1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '172.15.0.1', '172.32.0.1', '::ffff:8.8.8.8'])(
    '%s is one',
    (ip) => expect(isPublic(ip)).toBe(true),
  );

  it.each([
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '0.0.0.0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      '169.254.169.254',
    ],
    ...['100.64.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '2001:db8::1',
      '::ffff:10.0.0.1',
      '::ffff:169.254.169.254',
    ],
    ...['64:ff9b::a00:1', '2002:a00:1::', '2001::1', '100::1', 'fec0::1', '::7f00:1', 'not an address', ''],
  ])('%s is none', (ip) => expect(isPublic(ip)).toBe(false));

  it('an address means the same in IPv6 clothes, and private ones never pass', () => {
    fc.assert(
      fc.property(dotted, (parts) => {
        const plain = parts.join('.');
        expect(isPublic(`::ffff:${plain}`)).toBe(isPublic(plain));
        const [a, b = 0] = parts;
        const isPrivate =
          a === 10 || a === 127 || (a === 172 && b >> 4 === 1) || (a === 192 && b === 168) || (a === 169 && b === 254);
        if (isPrivate) expect(isPublic(plain)).toBe(false);
      }),
    );
  });
});

test('what applications may reach is the public internet, on ports of the web', () => {
  expect(PUBLIC_WEB.judge({ host: 'example.com', port: 443 })).toBeNull();
  expect(PUBLIC_WEB.judge({ host: 'example.com', port: 25 })).toBe('PORT');
  expect(judgeAddresses(['93.184.215.14'], PUBLIC_WEB)).toBeNull();
  expect(judgeAddresses([], PUBLIC_WEB)).toBe('NOT_FOUND');
  // One private address among public ones is how a name is turned against its reader.
  expect(judgeAddresses(['93.184.215.14', '127.0.0.1'], PUBLIC_WEB)).toBe('NOT_PUBLIC');
});

test('what is listed may be reached on its port, wherever it is, and nothing else', () => {
  const policy = onlyThese([{ host: 'registry.example', port: 4873 }]);
  expect(policy.judge({ host: 'registry.example', port: 4873 })).toBeNull();
  expect(policy.judge({ host: 'registry.example', port: 443 })).toBe('NOT_LISTED');
  expect(policy.judge({ host: 'evil.registry.example', port: 4873 })).toBe('NOT_LISTED');
  expect(policy.judge({ host: 'registry.example.evil.example', port: 4873 })).toBe('NOT_LISTED');
  expect(judgeAddresses(['10.0.0.7'], policy)).toBeNull();
});
