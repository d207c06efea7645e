import type { Locale } from '@talkide/contracts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { asApiError } from '@/api/problem';
import { LOCALES, setLocale } from '@/i18n';
import { useSession } from '@/stores/session';
import { useToasts } from '@/stores/toasts';

const names: Record<Locale, string> = { en: 'English', cs: 'Čeština' };

/** The language: changes the page at once, and the account when there is one. */
export function useLocaleChoice() {
  const { locale } = useI18n();
  const session = useSession();
  const toasts = useToasts();

  async function choose(next: Locale): Promise<void> {
    setLocale(next);
    if (!session.isSignedIn) return;
    try {
      session.setMe(await unwrap(api.PUT('/api/me/locale', { body: { locale: next } })));
    } catch (error) {
      toasts.showError(asApiError(error));
    }
  }
  return {
    choice: computed({ get: () => locale.value as Locale, set: (next) => void choose(next) }),
    options: LOCALES.map((value) => ({ value, label: names[value] })),
  };
}
