import { describe, expect, it } from 'vitest';
import { layOut } from './mail-layout.ts';

const letter = {
  locale: 'cs',
  heading: 'Nové heslo',
  paragraphs: ['Ahoj <Jano> & "spol."'],
  action: { label: 'Zvolit heslo', url: 'http://localhost:9090/reset#token=a&b' },
  closing: 'Nečekali jste to?',
} as const;

describe('the layout of mail', () => {
  it('says the same in text and in HTML', () => {
    const { text, html } = layOut(letter);
    expect(text).toContain('Nové heslo');
    expect(text).toContain('http://localhost:9090/reset#token=a&b');
    expect(html).toContain('lang="cs"');
    expect(html).toContain('href="http://localhost:9090/reset#token=a&#38;b"');
  });

  it('shows what people typed as text', () => {
    const { html } = layOut(letter);
    expect(html).not.toContain('<Jano>');
    expect(html).toContain('&#60;Jano&#62;');
  });

  it('has no button without something to press', () => {
    const { text, html } = layOut({ locale: 'en', heading: 'Done', paragraphs: ['All well.'], closing: 'Bye.' });
    expect(html).not.toContain('<a ');
    expect(text).toBe('Done\n\nAll well.\n\nBye.\n\n-- \nTalkIDE');
  });
});
