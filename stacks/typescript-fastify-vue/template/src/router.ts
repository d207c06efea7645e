import { createRouter, createWebHistory } from 'vue-router';
import { about } from './about.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown in the header's menu and in the browser's title. */
    title?: string;
  }
}

/** One line per page. A page with a title appears in the header's menu. */
const routes = [
  { path: '/', component: () => import('./pages/Home.vue') },
  { path: '/:path(.*)*', component: () => import('./pages/NotFound.vue') },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.afterEach(({ meta }) => {
  document.title = meta.title ? `${meta.title} · ${about.name}` : about.name;
});
