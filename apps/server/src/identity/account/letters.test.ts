import { describe, expect, it } from 'vitest';
import { passwordChangedLetter, resetLetter } from './letters.ts';

const person = (locale: 'en' | 'cs') => ({ id: '7', email: 'jana@example.com', name: 'Jana <b>', locale });

describe.each(['en', 'cs'] as const)('letters in %s', (locale) => {
  it('carry the link to choose a password', () => {
    const mail = resetLetter(person(locale), 'http://localhost:9090', 'a-token');
    expect(mail).toMatchObject({ userId: '7', type: 'password-reset', recipient: 'jana@example.com' });
    expect(mail.text).toContain('http://localhost:9090/reset-password#token=a-token');
    expect(mail.html).toContain(`lang="${locale}"`);
    expect(mail.html).not.toContain('<b>');
    expect(mail.text).toContain('TalkIDE');
  });

  it('tell that the password was changed', () => {
    const mail = passwordChangedLetter(person(locale), 'http://localhost:9090');
    expect(mail.type).toBe('password-changed');
    expect(mail.text).toContain('TalkIDE');
  });
});
