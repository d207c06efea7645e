import type { RouteLocationNormalizedLoaded } from 'vue-router';

/** A token from a mailed link. It travels in the fragment, which no server logs. */
export const linkToken = (route: RouteLocationNormalizedLoaded, name: 'token' | 'invite'): string | null =>
  new URLSearchParams(route.hash.slice(1)).get(name);
