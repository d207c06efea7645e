import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { usePages } from '@/composables/usePages';

const LOOK_AGAIN_MS = 10_000;

/** Mail that the platform sent, newest first; looks again by itself. */
export function useMails() {
  const { items: mails, ...list } = usePages({
    key: queryKeys.mails,
    size: 50,
    fetchPage: (query, signal) => unwrap(api.GET('/api/admin/mails', { params: { query }, signal })),
    lookAgain: LOOK_AGAIN_MS,
  });
  return { mails, ...list };
}

/** One mail with its text; a null id waits. */
export function useMail(id: MaybeRefOrGetter<string | null>) {
  const query = useQuery({
    queryKey: computed(() => queryKeys.mail(toValue(id) ?? '')),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/admin/mails/{id}', { params: { path: { id: toValue(id) ?? '' } }, signal })),
    enabled: computed(() => toValue(id) !== null),
  });
  return { mail: query.data, isPending: query.isPending, error: query.error };
}
