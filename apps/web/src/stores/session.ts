import type { Me, SessionGrant } from '@talkide/contracts';
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { ApiError, asApiError } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { setLocale } from '@/i18n';
import { storedValue } from '@/lib/stored-value';
import { acrossTabs } from './across-tabs';
import { singleFlight } from './single-flight';

type Status = 'unknown' | 'signed-in' | 'signed-out';

/** A token this close to its end (ms) is renewed before it is used. */
const MARGIN_MS = 30_000;
/** Says that a refresh cookie probably exists, so that visitors don't ask for one in vain. */
const HINT = 'talkide.signed-in';
const hint = storedValue(HINT);

/** Who is signed in. The access token lives here, in memory, and nowhere else. */
export const useSession = defineStore('session', () => {
  const status = ref<Status>('unknown');
  const me = ref<Me | null>(null);
  /** Why the session could not be picked up, while the platform is away. */
  const away = ref<ApiError | null>(null);
  const isLeaving = ref(false);
  let token: string | null = null;
  let expiresAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(grant: SessionGrant): string {
    token = grant.accessToken;
    expiresAt = Date.parse(grant.expiresAt);
    me.value = grant.me;
    status.value = 'signed-in';
    isLeaving.value = false;
    hint.write('1');
    setLocale(grant.me.locale);
    clearTimeout(timer);
    timer = setTimeout(() => void renew().catch(() => null), Math.max(expiresAt - Date.now() - 2 * MARGIN_MS, 5_000));
    return grant.accessToken;
  }

  function forget(): void {
    clearTimeout(timer);
    token = null;
    me.value = null;
    status.value = 'signed-out';
    hint.write(null);
    queryClient.clear();
  }

  /** A new access token from the refresh cookie; null when the session is over. Throws when the platform is away. */
  const renew = singleFlight(async (): Promise<string | null> => {
    try {
      return take(await acrossTabs('talkide-refresh', () => unwrap(api.POST('/api/auth/refresh'))));
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      forget();
      return null;
    }
  });

  async function current(): Promise<string | null> {
    if (status.value !== 'signed-in') return null;
    return Date.now() < expiresAt - MARGIN_MS ? token : renew();
  }

  /** Picks the session up when the page loads; the status stays unknown while the platform is away. */
  async function resume(): Promise<void> {
    if (status.value !== 'unknown') return;
    if (!hint.read()) {
      status.value = 'signed-out';
      return;
    }
    try {
      await renew();
    } catch (error) {
      away.value = asApiError(error);
    }
  }

  async function signOut(): Promise<void> {
    await unwrap(api.POST('/api/auth/sign-out'));
    isLeaving.value = true;
    forget();
  }

  addEventListener('storage', ({ key, newValue }) => {
    // Signed out in another tab.
    if (key === HINT && newValue === null && status.value === 'signed-in') forget();
  });

  return {
    status,
    me,
    away,
    /** The person signed out by themselves, so nothing needs explaining. */
    isLeaving,
    isSignedIn: computed(() => status.value === 'signed-in'),
    isOperator: computed(() => me.value?.role === 'ADMIN'),
    take,
    forget,
    renew,
    current,
    resume,
    signOut,
    setMe: (next: Me) => {
      me.value = next;
    },
  };
});
