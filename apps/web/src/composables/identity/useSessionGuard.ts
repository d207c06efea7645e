import { watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useSession } from '@/stores/session';

/** When the session ends while a page is open (signed out elsewhere, revoked), goes to sign-in and back afterwards. */
export function useSessionGuard(): void {
  const session = useSession();
  const route = useRoute();
  const router = useRouter();
  watch(
    () => session.status,
    (status, before) => {
      if (before !== 'signed-in' || status !== 'signed-out' || session.isLeaving) return;
      if (route.meta.access === 'anyone' || route.meta.access === 'visitor') return;
      void router.replace({ name: 'sign-in', query: { next: route.fullPath, ended: '1' } });
    },
  );
}
