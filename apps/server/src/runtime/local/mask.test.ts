import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasks } from './mask.ts';

const through = (values: string[], chunks: Buffer[]): string => {
  const mask = createMasks(values)?.();
  if (!mask) return Buffer.concat(chunks).toString();
  return Buffer.concat([...chunks.map((chunk) => mask.push(chunk)), mask.end()]).toString();
};
const cut = (text: string, borders: number[]): Buffer[] => {
  const bytes = Buffer.from(text);
  const places = [0, ...borders.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};
const value = fc.string({ minLength: 6, maxLength: 40, unit: fc.constantFrom(...'abAB01+/=\n" ž%') });
const borders = fc.array(fc.nat(), { maxLength: 8 });

describe('the mask of values', () => {
  it('leaves none in any form, wherever the output is cut', () => {
    fc.assert(
      fc.property(value, fc.string({ maxLength: 20 }), borders, (secret, around, at) => {
        const base64 = Buffer.from(secret).toString('base64');
        const hex = Buffer.from(secret).toString('hex');
        const query = new URLSearchParams({ key: secret }).toString();
        const forms = [secret, JSON.stringify(secret), encodeURIComponent(secret), query, base64, hex];
        const shown = through([secret], cut(forms.map((one) => `${around}${one}${around}`).join('\n'), at));
        for (const form of [secret, base64, hex]) expect(shown).not.toContain(form);
        expect(shown).toContain('•••');
      }),
    );
  });

  it('hides what values that begin alike and overlap cover, and nothing besides', () => {
    const alike = fc.string({ minLength: 6, maxLength: 9, unit: fc.constantFrom('a', 'b') });
    const output = fc.string({ maxLength: 60, unit: fc.constantFrom('a', 'b', '-') });
    fc.assert(
      fc.property(fc.array(alike, { minLength: 1, maxLength: 4 }), output, borders, (values, text, at) => {
        const covered = [...text].map(() => false);
        for (const one of values)
          for (let from = text.indexOf(one); from !== -1; from = text.indexOf(one, from + 1))
            covered.fill(true, from, from + one.length);
        // A mask may stand for one value or for several that touch.
        const ours = through(values, cut(text, at)).replace(/(•••)+/g, '•');
        const theirs = [...text].map((character, index) => (covered[index] ? '•' : character)).join('');
        expect(ours).toBe(theirs.replace(/•+/g, '•'));
      }),
    );
  });

  it('changes nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'xyzž \n') });
    fc.assert(
      fc.property(text, borders, (output, at) => {
        expect(through(['hidden-value', 'another-one'], cut(output, at))).toBe(output);
      }),
    );
  });

  it('keeps back no more than what may still become a value', () => {
    const mask = createMasks(['hidden-value'])?.();
    expect(mask?.push(Buffer.from('listening\n')).toString()).toBe('listening\n');
    expect(mask?.push(Buffer.from('the hid')).toString()).toBe('the ');
    expect(mask?.push(Buffer.from('e and seek')).toString()).toBe('hide and seek');
    expect(mask?.push(Buffer.from('hidden-val')).toString()).toBe('');
    expect(mask?.end().toString()).toBe('hidden-val');
  });

  it('takes out the longer of two that begin alike, also when it comes in two pieces, and leaves short ones', () => {
    const values = ['secret-1', 'secret-1-and-more'];
    const pieces = ['a secret-1', '-and-more b secret-1', ' c'].map((piece) => Buffer.from(piece));
    expect(through(values, pieces)).toBe('a ••• b ••• c');
    expect(createMasks(['on', 'off', '12345'])).toBeNull();
    expect(createMasks([])).toBeNull();
  });

  it('knows a value inside the base64 of a longer text, and the lines of a long one', () => {
    for (const user of ['', 'a', 'ab', 'abc']) {
      const header = Buffer.from(`${user}:a-secret-password`).toString('base64');
      expect(through(['a-secret-password'], [Buffer.from(header)]).length).toBeLessThan(header.length - 10);
    }
    const lines = ['-----BEGIN A KEY-----', 'MIIEvQIBADANBgkqhkiG', '9w0BAQEFAASCBKcwggSj', '}'];
    expect(through([lines.join('\n')], [Buffer.from(`{ ${lines.slice(1).join("\\n' + '")}`)])).toBe(
      "{ •••\\n' + '•••\\n' + '}",
    );
  });

  it('takes no longer for values made to be alike', () => {
    const values = Array.from({ length: 8 }, (_, index) => `${'a'.repeat(4000)}${index}`);
    const mask = createMasks(values)?.();
    const started = performance.now();
    for (let chunk = 0; chunk < 16; chunk += 1) mask?.push(Buffer.alloc(65_536, 'a'));
    // A search of each value at each place would take minutes; this takes about 20 ms.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
