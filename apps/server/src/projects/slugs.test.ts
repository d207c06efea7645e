import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLabel, proposeSlug, withSuffix } from './slugs.ts';

describe('proposeSlug', () => {
  for (const [name, slug] of [
    ['Guest book', 'guest-book'],
    ['Kniha hostů', 'kniha-hostu'],
    ['Příliš žluťoučký kůň', 'prilis-zlutoucky-kun'],
    ['Straße & Łódź', 'strasse-lodz'],
    ["Mara's café", 'maras-cafe'],
    ['Гостевая книга', 'gostevaya-knyga'],
    ['  --2048!  ', '2048'],
    ['日本語', 'app'],
    ['xn--bcher-kva', 'xn-bcher-kva'],
    ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'app'],
  ] as const) {
    it(`${name} → ${slug}`, () => expect(proposeSlug(name)).toBe(slug));
  }

  it('gives a label for any name', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => isLabel(proposeSlug(name))));
  });
});

describe('isLabel', () => {
  for (const slug of ['a', '0', 'my-app', 'a'.repeat(63)]) it(`takes ${slug}`, () => expect(isLabel(slug)).toBe(true));
  for (const slug of ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a'.repeat(64), 'xn--a', 'é', 'a\n']) {
    it(`refuses ${JSON.stringify(slug)}`, () => expect(isLabel(slug)).toBe(false));
  }
});

describe('withSuffix', () => {
  it('adds a number', () => expect(withSuffix('app', 2)).toBe('app-2'));

  it('stays a label at full length', () => {
    const longest = `${'a'.repeat(60)}-bc`;
    expect(isLabel(withSuffix(longest, 2))).toBe(true);
    expect(withSuffix(longest, 22)).toBe(`${'a'.repeat(60)}-22`);
  });
});
