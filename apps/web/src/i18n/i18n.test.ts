import { describe, expect, it } from 'vitest';
import { i18n } from '.';
import { czechPlural } from './czech-plural';
import { flatKeys, type Messages } from './messages';

const sources = import.meta.glob<string>(['../**/*.{vue,ts}', '!../**/*.test.ts', '!../**/*.generated.ts', '!./**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const messages = i18n.global.messages.value as unknown as Record<'en' | 'cs', Messages>;
const en = new Set(flatKeys(messages.en));
const cs = new Set(flatKeys(messages.cs));
const at = (tree: Messages, key: string): string | Messages | undefined =>
  key
    .split('.')
    .reduce<string | Messages | undefined>((node, part) => (typeof node === 'object' ? node[part] : undefined), tree);

/** Keys written out (`t('a.b')`), and heads of keys put together (`t(\`a.b.${x}\`)`). */
function keysInCode(): { file: string; key: string; isHead: boolean }[] {
  const found: { file: string; key: string; isHead: boolean }[] = [];
  const areas = Object.keys(messages.en).join('|');
  const literal = new RegExp(`'((?:${areas})\\.[\\w.-]+)'`, 'g');
  const template = new RegExp(`\`((?:${areas})\\.[\\w.-]*)\\$\\{`, 'g');
  for (const [file, source] of Object.entries(sources)) {
    for (const [, key] of source.matchAll(literal)) if (key) found.push({ file, key, isHead: false });
    for (const [, key] of source.matchAll(template)) if (key) found.push({ file, key, isHead: true });
  }
  return found;
}

describe('texts', () => {
  it('are the same keys in both languages', () => {
    expect([...en].filter((key) => !cs.has(key))).toEqual([]);
    expect([...cs].filter((key) => !en.has(key))).toEqual([]);
  });
  it('hold the same facts in both languages', () => {
    const facts = (text: unknown) => [...new Set(String(text).match(/\{\w+\}/g))].sort();
    const differing = [...en].filter(
      (key) => String(facts(at(messages.en, key))) !== String(facts(at(messages.cs, key))),
    );
    expect(differing).toEqual([]);
  });
  it('exist for every key that the code uses', () => {
    const used = keysInCode();
    expect(used.length).toBeGreaterThan(100);
    const missing = used.filter(({ key, isHead }) =>
      isHead ? ![...en].some((one) => one.startsWith(key)) : !en.has(key),
    );
    expect(missing).toEqual([]);
  });
  it('are all used', () => {
    const used = keysInCode();
    const exact = new Set(used.filter(({ isHead }) => !isHead).map(({ key }) => key));
    const heads = used.filter(({ isHead }) => isHead).map(({ key }) => key);
    expect([...en].filter((key) => !exact.has(key) && !heads.some((head) => key.startsWith(head)))).toEqual([]);
  });
  it('compile, with facts put in', () => {
    for (const locale of ['en', 'cs'] as const) {
      for (const key of en) expect(i18n.global.t(key, { count: 2 }, { locale }), `${locale} ${key}`).not.toBe(key);
    }
  });
});

describe('czechPlural', () => {
  it.each([
    [1, 0],
    [3, 1],
    [5, 2],
    [0, 2],
  ])('%i takes form %i of three', (count, form) => {
    expect(czechPlural(count, 3)).toBe(form);
  });
  it('keeps a form for zero where there are four', () => {
    expect([0, 1, 2, 9].map((count) => czechPlural(count, 4))).toEqual([0, 1, 2, 3]);
  });
});
