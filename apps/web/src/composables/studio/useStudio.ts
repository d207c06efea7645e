import { useQueryClient } from '@tanstack/vue-query';
import { useDebounceFn } from '@vueuse/core';
import { computed, type Ref, watch } from 'vue';
import { queryKeys } from '@/api/query-keys';
import { useFeedWorld } from '@/composables/feed/useFeedWorld';
import { useProjects } from '@/composables/projects/useProjects';
import { liveLines } from './live-lines';
import { mergeProjects } from './merge-projects';

/** The Studio: all projects as they are now, with what Mara does in each. */
export function useStudio(archived: Ref<boolean>) {
  const queries = useQueryClient();
  const list = useProjects(archived);
  const refresh = useDebounceFn(() => queries.invalidateQueries({ queryKey: queryKeys.projects }), 500);
  const { world, state } = useFeedWorld('/api/feed', { onConnected: () => void refresh() });
  const projects = computed(() => mergeProjects(list.projects.value, world.value, archived.value));
  watch(
    () => world.value.projects,
    () => void refresh(),
  );
  return { ...list, projects, state, lines: computed(() => liveLines(projects.value, world.value)) };
}
