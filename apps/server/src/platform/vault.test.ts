import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CannotOpen, createVault } from './vault.ts';

const key = 'k'.repeat(32);
const vault = createVault({ current: key });

describe('the vault', () => {
  it('opens what it sealed, and the same text never looks the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (place, text) => {
        // Half a surrogate pair is no text that UTF-8 can hold.
        fc.pre(text.isWellFormed() && place.isWellFormed());
        const sealed = vault.seal(place, text);
        expect(vault.open(place, sealed)).toBe(text);
        expect(vault.sizeOf(sealed)).toBe(Buffer.byteLength(text));
        expect(vault.seal(place, text)).not.toBe(sealed);
        if (text.length > 3) expect(sealed).not.toContain(text);
      }),
    );
  });

  it('opens nothing in another place, nothing that was changed, nothing that is cut off', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
        const sealed = vault.seal('here', text);
        expect(() => vault.open('there', sealed)).toThrow(CannotOpen);
        const body = Buffer.from(sealed.split('.')[2] ?? '', 'base64url');
        body[at % body.length] = (body[at % body.length] ?? 0) ^ 1;
        const prefix = sealed.split('.').slice(0, 2).join('.');
        expect(() => vault.open('here', `${prefix}.${body.toString('base64url')}`)).toThrow(CannotOpen);
        expect(() => vault.open('here', sealed.slice(0, prefix.length + 1 + (at % 30)))).toThrow(CannotOpen);
      }),
    );
  });

  it('opens what the key before sealed, and knows that it is not of today', () => {
    const sealed = vault.seal('here', 'text');
    const rotated = createVault({ current: 'n'.repeat(32), previous: key });
    expect(rotated.open('here', sealed)).toBe('text');
    expect(rotated.isCurrent(sealed)).toBe(false);
    const again = rotated.seal('here', 'text');
    expect(rotated.isCurrent(again)).toBe(true);
    expect(() => vault.open('here', again)).toThrow(CannotOpen);
    expect(createVault({ current: 'n'.repeat(32) }).open('here', again)).toBe('text');
  });

  it.each(['', 'v1', 'v1..', 'v2.x.y', 'plain text'])('opens no %j', (sealed) => {
    expect(() => vault.open('here', sealed)).toThrow(CannotOpen);
  });
});
