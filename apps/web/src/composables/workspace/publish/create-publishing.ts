import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import type { WorkspaceData } from '../useWorkspaceData';
import { publishState } from './publish-state';

export type PublishStage = 'start' | 'check' | 'done';

/** Putting the app on its public address, and the dialog that shows how it goes. */
export function createPublishing({ projectId, project, releases, conversation }: WorkspaceData) {
  const open = ref(false);
  const path = { id: projectId };

  const start = useAction(async (versionNumber: number | undefined) => {
    const body = versionNumber === undefined ? {} : { versionNumber };
    const release = await unwrap(api.POST('/api/projects/{id}/publish', { params: { path }, body }));
    conversation.change((world) => ({
      ...world,
      // The feed may be ahead already.
      releases: { [release.id]: release, ...world.releases },
    }));
  });
  const rollBack = useAction(async (releaseId: string): Promise<true> => {
    const params = { path: { ...path, releaseId } };
    const release = await unwrap(api.POST('/api/projects/{id}/releases/{releaseId}/rollback', { params }));
    conversation.change((world) => ({ ...world, releases: { [release.id]: release, ...world.releases } }));
    return true;
  });
  const unpublish = useAction(async (): Promise<true> => {
    await unwrap(api.POST('/api/projects/{id}/unpublish', { params: { path } }));
    return true;
  });

  async function publish(versionNumber?: number): Promise<void> {
    open.value = true;
    await start.perform(versionNumber);
  }
  const state = computed(() => (project.value ? publishState(project.value, releases.items.value) : null));
  return {
    open,
    state,
    /** How far a publish under way is. */
    stage: computed((): PublishStage => {
      if (start.busy.value) return 'start';
      return state.value?.kind === 'publishing' ? 'check' : 'done';
    }),
    isBusy: computed(() => start.busy.value || state.value?.kind === 'publishing'),
    error: start.error,
    publish,
    /** What the button does: publishes when there is something to publish, and shows how things stand. */
    async act(): Promise<void> {
      open.value = true;
      const kind = state.value?.kind;
      if (kind === 'unpublished' || kind === 'changes') await publish();
    },
    rollBack,
    unpublish,
  };
}
