import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { usePages } from '@/composables/usePages';

/** Invitations; the link of a new one is here once. */
export function useInvites() {
  const queries = useQueryClient();
  const {
    items: invites,
    error: loadError,
    ...list
  } = usePages({
    key: queryKeys.invites,
    size: 50,
    fetchPage: (query, signal) => unwrap(api.GET('/api/admin/invites', { params: { query }, signal })),
  });
  const link = ref<{ email: string; url: string } | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: queryKeys.invites });

  const invite = useAction(async (email: string): Promise<true> => {
    link.value = { email, url: (await unwrap(api.POST('/api/admin/invites', { body: { email } }))).url };
    await refresh();
    return true;
  });
  const revoke = useAction(async (id: string) => {
    await unwrap(api.DELETE('/api/admin/invites/{id}', { params: { path: { id } } }));
    await refresh();
  });
  return {
    invites,
    loadError,
    ...list,
    link,
    invite: invite.perform,
    inviteBusy: invite.busy,
    revoke: revoke.perform,
    revokeBusy: revoke.busy,
    error: computed(() => invite.error.value ?? revoke.error.value),
  };
}
