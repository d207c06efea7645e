import type { KillSwitch } from '@talkide/contracts';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

/** What the operator can stop for everybody. `enabled` means that the switch is thrown and the thing is off. */
export function useKillSwitches() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.killSwitches,
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/kill-switches', { signal })),
  });
  const set = useAction(async (key: KillSwitch['key'], enabled: boolean, reason: string): Promise<true> => {
    await unwrap(api.PUT('/api/admin/kill-switches/{key}', { params: { path: { key } }, body: { enabled, reason } }));
    await queries.invalidateQueries({ queryKey: queryKeys.killSwitches });
    return true;
  });
  return {
    switches: computed(() => query.data.value?.items ?? []),
    isPending: query.isPending,
    loadError: query.error,
    reload: () => query.refetch(),
    set: set.perform,
    busy: set.busy,
    error: set.error,
  };
}
