import { VueQueryPlugin } from '@tanstack/vue-query';
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { type Component, h } from 'vue';
import { createMemoryHistory, createRouter, type RouteRecordRaw } from 'vue-router';
import { connectClient } from '@/api/authorized-fetch';
import { queryClient } from '@/api/query-client';
import { currentLocale, i18n, setLocale } from '@/i18n';
import { routes } from '@/router/routes';
import { useSession } from '@/stores/session';

/** The addresses of the app without their pages. */
const addresses = routes.map(
  (route): RouteRecordRaw => ({ ...route, component: { render: () => null } }) as RouteRecordRaw,
);

/** Mounts a component as the app would, at an address, in English. The guard of the router is left out. */
export async function mountScreen(component: Component, path = '/', props: Record<string, unknown> = {}) {
  setLocale('en');
  const pinia = createPinia();
  setActivePinia(pinia);
  queryClient.clear();
  connectClient(useSession(), currentLocale);
  const router = createRouter({ history: createMemoryHistory(), routes: addresses });
  await router.push(path);
  const wrapper = mount(
    { render: () => h(TooltipProvider, null, { default: () => h(component, props) }) },
    { attachTo: document.body, global: { plugins: [pinia, router, i18n, [VueQueryPlugin, { queryClient }]] } },
  );
  return { wrapper, router };
}
