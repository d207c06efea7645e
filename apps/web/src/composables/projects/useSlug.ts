import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { refDebounced } from '@vueuse/core';
import { computed, type Ref, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';

const TYPING_PAUSE_MS = 250;

/** The address of a new project: proposed from its name until the person writes one, and checked while they type. */
export function useSlug(name: Ref<string>) {
  const typed = ref<string | null>(null);
  const wantedSlug = computed(() => typed.value ?? '');
  const wantedName = computed(() => (typed.value === null ? name.value.trim() : ''));
  const slug = refDebounced(wantedSlug, TYPING_PAUSE_MS);
  const from = refDebounced(wantedName, TYPING_PAUSE_MS);
  const asks = computed(() => slug.value !== '' || from.value !== '');
  const query = useQuery({
    queryKey: computed(() => queryKeys.slug(slug.value, from.value)),
    queryFn: ({ signal }) => {
      const asked = slug.value ? { slug: slug.value } : { name: from.value };
      return unwrap(api.GET('/api/slugs', { params: { query: asked }, signal }));
    },
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const check = computed(() => (asks.value ? (query.data.value ?? null) : null));
  const text = computed({
    get: () => typed.value ?? (name.value.trim() ? (check.value?.suggestion ?? '') : ''),
    set: (next: string) => {
      typed.value = next.trim() ? next.toLowerCase() : null;
    },
  });
  return {
    text,
    /** The answer for what was typed; null while nothing was typed. */
    verdict: computed(() => (typed.value === null ? null : check.value)),
    isChecking: computed(
      () => query.isFetching.value || slug.value !== wantedSlug.value || from.value !== wantedName.value,
    ),
    /** What to send: only what the person chose; otherwise the platform proposes. */
    chosen: computed(() => typed.value ?? undefined),
  };
}
