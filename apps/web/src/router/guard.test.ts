import type { SessionGrant } from '@talkide/contracts';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryHistory, createRouter, type RouteRecordRaw } from 'vue-router';
import { useSession } from '@/stores/session';
import { guard } from './guard';
import { routes } from './routes';

const grant = (role: 'USER' | 'ADMIN') =>
  ({
    accessToken: 'a',
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    me: { id: '1', role, locale: 'en' },
  }) as SessionGrant;

async function goTo(path: string): Promise<string> {
  const addresses = routes.map((route) => ({ ...route, component: { render: () => null } }) as RouteRecordRaw);
  const router = createRouter({ history: createMemoryHistory(), routes: addresses });
  router.beforeEach(guard);
  await router.push(path);
  return router.currentRoute.value.fullPath;
}

beforeEach(() => {
  setActivePinia(createPinia());
  localStorage.clear();
});
afterEach(() => useSession().forget());

describe('guard', () => {
  it('sends a visitor to sign in, and remembers where they were going', async () => {
    expect(await goTo('/projects/5/code?path=a')).toBe('/sign-in?next=/projects/5/code?path=a');
  });
  it('lets a visitor see what is for everyone', async () => {
    expect(await goTo('/')).toBe('/');
    expect(await goTo('/reset-password#token=x')).toBe('/reset-password#token=x');
    expect(await goTo('/nowhere')).toBe('/nowhere');
  });
  it('takes the signed-in to the Studio, or where they were going', async () => {
    useSession().take(grant('USER'));
    expect(await goTo('/')).toBe('/studio');
    expect(await goTo('/sign-in?next=/account')).toBe('/account');
    expect(await goTo('/sign-in?next=//evil.test')).toBe('/studio');
  });
  it('keeps the operator pages for the operator', async () => {
    useSession().take(grant('USER'));
    expect(await goTo('/operator')).toBe('/studio');
    useSession().take(grant('ADMIN'));
    expect(await goTo('/operator')).toBe('/operator');
  });
});
