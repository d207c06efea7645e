import type { TopUp } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { usePages } from '@/composables/usePages';

const LOOK_AGAIN_MS = 1_000;
/** Whoever has not paid by now does something else first. */
const PATIENT_LOOKS = 30;
const LOOK_LATER_MS = 10_000;

const find = (topUps: readonly TopUp[], id: string | null): TopUp | null => topUps.find((one) => one.id === id) ?? null;

/** Top-ups, newest first. While the awaited one is pending it looks again, until the webhook has arrived. */
export function useTopUps(awaitedId: Ref<string | null>) {
  const queries = useQueryClient();
  const { items: topUps, ...list } = usePages<TopUp>({
    key: queryKeys.topUps,
    size: 10,
    fetchPage: (query, signal) => unwrap(api.GET('/api/credit/topups', { params: { query }, signal })),
    lookAgain: (items, looks) => {
      if (find(items, awaitedId.value)?.status !== 'PENDING') return false;
      return looks < PATIENT_LOOKS ? LOOK_AGAIN_MS : LOOK_LATER_MS;
    },
  });
  const awaited = computed(() => find(topUps.value, awaitedId.value));
  watch(
    () => awaited.value?.status,
    (status, before) => {
      if (before === undefined || status === before) return;
      void queries.invalidateQueries({ queryKey: queryKeys.credit, exact: true });
      void queries.invalidateQueries({ queryKey: queryKeys.creditEntries });
    },
  );
  return { topUps, awaited, ...list };
}
