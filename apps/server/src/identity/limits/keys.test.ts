import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../platform/secrets.ts';
import { emailKey, ipKey } from './keys.ts';

describe('keys of limits', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:0DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (ip, key) => expect(ipKey(ip)).toBe(key));

  it('an email counts the same in any case and cannot be read back', () => {
    const secrets = createSecrets('s'.repeat(32));
    expect(emailKey(secrets, ' Jana@Example.com')).toBe(emailKey(secrets, 'jana@example.com'));
    expect(emailKey(secrets, 'jana@example.com')).toMatch(/^[0-9a-f]{64}$/);
  });
});
