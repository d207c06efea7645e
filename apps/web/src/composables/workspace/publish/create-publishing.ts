import type { PublishPlan } from '@talkide/contracts';
import { computed, ref, shallowRef } from 'vue';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import type { WorkspaceData } from '../useWorkspaceData';
import { publishState } from './publish-state';

export type PublishStage = 'start' | 'check' | 'done';

/** Putting the app on its public address, and the dialog that shows how it goes. */
export function createPublishing({ projectId, project, releases, conversation }: WorkspaceData) {
  const open = ref(false);
  const path = { id: projectId };

  /** What the person must see before the published database is changed. */
  const plan = shallowRef<PublishPlan | null>(null);

  const start = useAction(async (versionNumber: number | undefined, agreed: PublishPlan | null) => {
    const body = {
      ...(versionNumber === undefined ? {} : { versionNumber }),
      ...(agreed?.backup === 'UNAVAILABLE' ? { withoutBackup: true } : {}),
    };
    if (!agreed) {
      const query = versionNumber === undefined ? {} : { versionNumber };
      const next = await unwrap(api.GET('/api/projects/{id}/publish-plan', { params: { path, query } }));
      if (next.migrations.length > 0 && next.backup !== 'NOT_NEEDED') {
        plan.value = next;
        return;
      }
    }
    plan.value = null;
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
    plan.value = null;
    await start.perform(versionNumber, null);
  }
  const state = computed(() => (project.value ? publishState(project.value, releases.items.value) : null));
  return {
    open,
    plan,
    /** Goes on with what the plan says. */
    async agree(): Promise<void> {
      const agreed = plan.value;
      if (agreed) await start.perform(agreed.versionNumber, agreed);
    },
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
      plan.value = null;
      const kind = state.value?.kind;
      if (kind === 'unpublished' || kind === 'changes') await publish();
    },
    rollBack,
    unpublish,
  };
}
