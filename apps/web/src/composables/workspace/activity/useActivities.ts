import type { Activity, AgentRole } from '@talkide/contracts';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useFeedList } from '../useFeedList';
import { useWorkspace } from '../workspace';
import { activityTurns } from './activity-turns';

/** What the agents did, newest turn first, of everyone or of one agent. */
export function useActivities() {
  const { projectId, world, conversation } = useWorkspace();
  const list = useFeedList<Activity>({
    queryKey: queryKeys.activities(projectId),
    fetchPage: (cursor, signal) =>
      unwrap(
        api.GET('/api/projects/{id}/activities', {
          params: { path: { id: projectId }, query: { cursor, limit: 100 } },
          signal,
        }),
      ),
    live: () => world.value.activities,
    isFollowed: () => conversation.isLoaded.value,
  });
  const role = ref<AgentRole | 'all'>('all');
  const turns = computed(() => activityTurns(list.items.value, role.value));
  return { ...list, role, turns, world };
}
