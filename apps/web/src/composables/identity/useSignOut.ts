import { useRouter } from 'vue-router';
import { asApiError } from '@/api/problem';
import { useSession } from '@/stores/session';
import { useToasts } from '@/stores/toasts';

/** Ends this session and goes to the front page. */
export function useSignOut() {
  const session = useSession();
  const router = useRouter();
  const toasts = useToasts();

  async function signOut(): Promise<void> {
    try {
      await session.signOut();
      await router.push({ name: 'welcome' });
    } catch (error) {
      toasts.showError(asApiError(error));
    }
  }
  return { signOut };
}
