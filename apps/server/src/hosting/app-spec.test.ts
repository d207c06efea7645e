import { describe, expect, test } from 'vitest';
import { appEnvironment, createAddresses } from './app-spec.ts';
import { schemaName } from './data-plane.ts';
import { errorFingerprint } from './fingerprint.ts';

describe('addresses', () => {
  const addresses = createAddresses('http://localhost:9090');
  test('applications live one label below the platform', () => {
    expect(addresses.published('guest-book')).toBe('http://guest-book.localhost:9090');
    expect(addresses.label('guest-book.localhost:9090')).toBe('guest-book');
    expect(addresses.label('Guest-Book.LOCALHOST')).toBe('guest-book');
  });
  test.each(['localhost:9090', 'a.b.localhost:9090', 'evil.com', 'notlocalhost:9090', '', undefined])(
    '%s is not an application',
    (host) => {
      expect(addresses.label(host)).toBeNull();
    },
  );
});

test('the accent becomes its hue', () => {
  const env = appEnvironment({
    project: { name: 'Book', accent: 'oklch(0.78 0.15 145)' },
    kind: 'PUBLISHED',
    databaseUrl: 'postgres:///',
    url: 'http://x',
  });
  expect(env).toMatchObject({ APP_ACCENT_HUE: '145', APP_ENV: 'published', APP_NAME: 'Book' });
});

describe('schema names', () => {
  test('tenant, slug and environment', () => {
    expect(schemaName({ tenantId: '7', slug: 'guest-book' }, 'preview')).toBe('tk_t7_pguest-book_preview');
  });
  test('long slugs fit 63 bytes and stay apart', () => {
    const a = schemaName({ tenantId: '123456', slug: `${'a'.repeat(62)}1` }, 'preview');
    const b = schemaName({ tenantId: '123456', slug: `${'a'.repeat(62)}2` }, 'preview');
    expect(a).toHaveLength(63);
    expect(a).not.toBe(b);
  });
  test('what is no slug is refused', () => {
    expect(() => schemaName({ tenantId: '7', slug: 'x"; drop' }, 'prod')).toThrow('not a schema name');
  });
});

describe('error fingerprints', () => {
  const log = (line: number, time: string) =>
    `vite v8 building\n\u001b[31merror\u001b[0m: Could not resolve "./Missing.vue" from src/pages/Home.vue:${line}\nbuilt in ${time}`;
  test('positions, times and colours do not matter', () => {
    expect(errorFingerprint(log(3, '120ms'))).toBe(errorFingerprint(log(14, '98ms')));
  });
  test('another error is another fingerprint', () => {
    expect(errorFingerprint('error: Unexpected token')).not.toBe(errorFingerprint(log(3, '1ms')));
  });
});
