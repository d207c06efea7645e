import type { Locale } from '@talkide/contracts';
import { createI18n } from 'vue-i18n';
import { storedValue } from '@/lib/stored-value';
import { czechPlural } from './czech-plural';
import { collectMessages, type MessageModules } from './messages';

export const LOCALES = ['en', 'cs'] as const satisfies readonly Locale[];

const stored = storedValue('talkide.locale');
const isLocale = (value: string | null | undefined): value is Locale => LOCALES.some((locale) => locale === value);

function firstLocale(): Locale {
  const saved = stored.read();
  if (isLocale(saved)) return saved;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale) ?? 'en';
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLocale(),
  fallbackLocale: 'en',
  pluralRules: { cs: czechPlural },
  messages: {
    en: collectMessages(import.meta.glob<MessageModules[string]>('./en/*.ts', { eager: true })),
    cs: collectMessages(import.meta.glob<MessageModules[string]>('./cs/*.ts', { eager: true })),
  },
});

/** Switches the language of the page and remembers it in this browser. */
export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
  stored.write(locale);
}

/** The language of the page at the moment. */
export const currentLocale = (): Locale => i18n.global.locale.value;
