import type { RouteRecordRaw } from 'vue-router';

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may see it: anyone, only visitors without a session, the signed-in, the operator. */
    access: 'anyone' | 'visitor' | 'user' | 'operator';
    /** Key of the page's title. */
    title?: string;
    /** Fills the window instead of scrolling with it. */
    fullHeight?: boolean;
  }
}

export const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'welcome',
    component: () => import('@/pages/welcome/WelcomePage.vue'),
    meta: { access: 'visitor' },
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/pages/identity/SignInPage.vue'),
    meta: { access: 'visitor', title: 'identity.signIn.title' },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('@/pages/identity/SignUpPage.vue'),
    meta: { access: 'visitor', title: 'identity.signUp.title' },
  },
  {
    path: '/reset-password',
    name: 'reset-password',
    component: () => import('@/pages/identity/ResetPasswordPage.vue'),
    meta: { access: 'anyone', title: 'identity.reset.title' },
  },
  {
    path: '/studio',
    name: 'studio',
    component: () => import('@/pages/studio/StudioPage.vue'),
    meta: { access: 'user', title: 'studio.title' },
  },
  {
    path: '/projects/new',
    name: 'new-project',
    component: () => import('@/pages/projects/NewProjectPage.vue'),
    meta: { access: 'user', title: 'projects.new.title' },
  },
  {
    path: '/projects/:projectId(\\d+)/:tab?',
    name: 'project',
    component: () => import('@/pages/workspace/WorkspacePage.vue'),
    meta: { access: 'user', fullHeight: true },
  },
  {
    path: '/account/:section?',
    name: 'account',
    component: () => import('@/pages/account/AccountPage.vue'),
    meta: { access: 'user', title: 'account.title' },
  },
  {
    path: '/billing/:section?',
    name: 'billing',
    component: () => import('@/pages/billing/BillingPage.vue'),
    meta: { access: 'user', title: 'billing.title' },
  },
  {
    path: '/operator/:section?/:id?',
    name: 'operator',
    component: () => import('@/pages/operator/OperatorPage.vue'),
    meta: { access: 'operator', title: 'operator.title' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('@/pages/NotFoundPage.vue'),
    meta: { access: 'anyone', title: 'common.notFound.title' },
  },
];
