import { computed } from 'vue';
import { useRoute } from 'vue-router';
import { useProject } from './useProject';

/** The project whose screen is open, by the address; null elsewhere. */
export function useCurrentProject() {
  const route = useRoute();
  const id = computed(() => (typeof route.params.projectId === 'string' ? route.params.projectId : null));
  const { project } = useProject(id);
  return computed(() => (id.value === null ? null : project.value));
}
