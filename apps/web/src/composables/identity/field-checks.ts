import { i18n } from '@/i18n';

const MIN_PASSWORD = 10;
const t = (key: string, facts: Record<string, unknown> = {}): string => i18n.global.t(`identity.invalid.${key}`, facts);

/** What is wrong with an email, as far as the browser can tell. */
export const invalidEmail = (email: string): { email?: string } =>
  /^\S+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? {} : { email: t('email') };

export const invalidName = (name: string): { name?: string } => (name.trim() ? {} : { name: t('name') });

/** A `new` password has a least length; a `given` one only has to be there. */
export const invalidPassword = (password: string, kind: 'given' | 'new'): { password?: string } => {
  if (!password) return { password: t('passwordEmpty') };
  const missing = MIN_PASSWORD - password.length;
  return kind === 'new' && missing > 0 ? { password: t('passwordShort', { count: missing }) } : {};
};
