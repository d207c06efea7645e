import type { Build } from '@talkide/contracts';
import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { plainLog } from '../preview/preview-state';
import { useWorkspace } from '../workspace';

const RUNNING_MS = 3000;

/** The log of a build: what streams in, filled up with the whole log while pieces may be missing. */
export function useBuildLog(build: () => Build) {
  const { projectId, world } = useWorkspace();
  const isOver = computed(() => build().status === 'SUCCESS' || build().status === 'FAILED');
  const query = useQuery({
    queryKey: computed(() => [...queryKeys.buildLog(projectId, build().id), isOver.value]),
    queryFn: ({ signal }) =>
      unwrap<unknown>(
        api.GET('/api/builds/{id}/log', { params: { path: { id: build().id } }, parseAs: 'text', signal }),
      ),
    enabled: computed(() => build().status !== 'PENDING'),
    refetchInterval: () => (isOver.value ? false : RUNNING_MS),
    staleTime: () => (isOver.value ? Number.POSITIVE_INFINITY : 0),
    placeholderData: (before) => before,
  });
  const text = computed(() => {
    const whole = typeof query.data.value === 'string' ? query.data.value : '';
    const streamed = world.value.buildLogs[build().id] ?? '';
    const longest = whole.length >= streamed.length ? whole : streamed;
    return plainLog(longest || build().outputTail);
  });
  return { text, isOver, isPending: query.isPending, error: query.error };
}
