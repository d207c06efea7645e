import type { SessionGrant } from '@talkide/contracts';
import { useRoute, useRouter } from 'vue-router';
import { returnPath } from '@/router/return-path';
import { useSession } from '@/stores/session';

/** Takes a session and goes where the person was heading. */
export function useEnter() {
  const session = useSession();
  const route = useRoute();
  const router = useRouter();
  return async (grant: SessionGrant, otherwise: 'studio' | 'new-project'): Promise<void> => {
    session.take(grant);
    await router.push(returnPath(route.query.next) ?? { name: otherwise });
  };
}
