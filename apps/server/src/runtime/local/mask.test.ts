import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask } from './mask.ts';

const through = (values: string[], chunks: Buffer[]): string => {
  const mask = createMask(values);
  if (!mask) return Buffer.concat(chunks).toString();
  return Buffer.concat([...chunks.map((chunk) => mask.push(chunk)), mask.end()]).toString();
};
const cut = (text: string, borders: number[]): Buffer[] => {
  const bytes = Buffer.from(text);
  const places = [0, ...borders.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};
const value = fc.string({ minLength: 6, maxLength: 40, unit: fc.constantFrom(...'abAB01+/=\n" ž%') });

describe('the mask of values', () => {
  it('leaves none in any form, wherever the output is cut', () => {
    fc.assert(
      fc.property(
        value,
        fc.string({ maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (secret, around, borders) => {
          const base64 = Buffer.from(secret).toString('base64');
          const printed = [secret, JSON.stringify(secret), encodeURIComponent(secret), base64];
          const shown = through([secret], cut(printed.map((one) => `${around}${one}${around}`).join('\n'), borders));
          expect(shown).not.toContain(secret);
          expect(shown).not.toContain(base64);
          expect(shown).toContain('•••');
        },
      ),
    );
  });

  it('changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'xyzž \n') }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (text, borders) => {
          expect(through(['hidden-value', 'another-one'], cut(text, borders))).toBe(text);
        },
      ),
    );
  });

  it('keeps back no more than what may still become a value', () => {
    const mask = createMask(['hidden-value']);
    expect(mask?.push(Buffer.from('listening\n')).toString()).toBe('listening\n');
    expect(mask?.push(Buffer.from('the hid')).toString()).toBe('the ');
    expect(mask?.push(Buffer.from('e and seek')).toString()).toBe('hide and seek');
    expect(mask?.push(Buffer.from('hidden-val')).toString()).toBe('');
    expect(mask?.end().toString()).toBe('hidden-val');
  });

  it('takes out the longer of two that begin alike, and leaves short ones', () => {
    expect(through(['secret-1', 'secret-1-and-more'], [Buffer.from('a secret-1-and-more b secret-1 c')])).toBe(
      'a ••• b ••• c',
    );
    expect(createMask(['on', 'off', '12345'])).toBeNull();
    expect(createMask([])).toBeNull();
  });
});
