import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router';
import { useSession } from '@/stores/session';
import { returnPath } from './return-path';

/** Sends visitors to sign in (and back afterwards), and the signed-in away from pages for visitors. */
export async function guard(to: RouteLocationNormalized): Promise<boolean | RouteLocationRaw> {
  const session = useSession();
  await session.resume();
  // The platform is away: App.vue says so and offers to try again.
  if (session.status === 'unknown') return false;
  if (to.meta.access === 'visitor' && session.isSignedIn) return returnPath(to.query.next) ?? { name: 'studio' };
  if (to.meta.access === 'user' && !session.isSignedIn) return { name: 'sign-in', query: { next: to.fullPath } };
  if (to.meta.access === 'operator') {
    if (!session.isSignedIn) return { name: 'sign-in', query: { next: to.fullPath } };
    if (!session.isOperator) return { name: 'studio' };
  }
  return true;
}
