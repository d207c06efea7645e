import { describe, expect, it } from 'vitest';
import { closingText, type NoticeCode, notices, noticeText } from './notices.ts';

describe('notices', () => {
  it.each(Object.keys(notices) as NoticeCode[])('%s says the same facts in both languages', (code) => {
    const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    expect(holes(notices[code].cs)).toEqual(holes(notices[code].en));
    expect(noticeText(code, 'cs', { version: 3, from: 1, cap: '0,50 USD' })).not.toMatch(/\{/);
  });

  it('closes a silent turn with what became of it', () => {
    const texts = (['en', 'cs'] as const).flatMap((locale) =>
      (['SUCCEEDED', 'STOPPED'] as const).flatMap((outcome) =>
        [0, 2].map((files) => closingText(locale, outcome, files)),
      ),
    );
    expect(new Set(texts).size).toBe(8);
  });
});
