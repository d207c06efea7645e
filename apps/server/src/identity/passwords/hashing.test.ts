import { describe, expect, it } from 'vitest';
import { createPasswordHasher } from './hashing.ts';

const hasher = createPasswordHasher(4);

describe('password hashing', () => {
  it('takes the password and no other', async () => {
    const stored = await hasher.hash('correct horse battery');
    expect(stored).toMatch(/^\$2[aby]\$04\$/);
    expect(await hasher.verify('correct horse battery', stored)).toBe(true);
    expect(await hasher.verify('correct horse batterY', stored)).toBe(false);
  });

  it('tells long passwords apart behind the 72nd byte', async () => {
    const stored = await hasher.hash(`${'x'.repeat(72)}a`);
    expect(await hasher.verify(`${'x'.repeat(72)}b`, stored)).toBe(false);
    expect(await hasher.verify(`${'x'.repeat(72)}a`, stored)).toBe(true);
  });

  it('reads past a NUL', async () => {
    const stored = await hasher.hash('before\0after');
    expect(await hasher.verify('before\0other', stored)).toBe(false);
  });

  it('takes accents composed in either way', async () => {
    const stored = await hasher.hash('zelený čaj'.normalize('NFD'));
    expect(await hasher.verify('zelený čaj'.normalize('NFC'), stored)).toBe(true);
  });

  it('never matches an account that does not exist', async () => {
    expect(await hasher.verify('no account has this password', null)).toBe(false);
  });
});
