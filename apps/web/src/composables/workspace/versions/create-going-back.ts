import type { Message, ProjectVersion } from '@talkide/contracts';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { inOrder } from '@/feed/world';
import { useToasts } from '@/stores/toasts';
import type { WorkspaceData } from '../useWorkspaceData';
import { stillHolds } from './history';

export type WayBack =
  | { kind: 'restore'; version: number }
  /** Undoes what a turn did: goes to the version before the one it made. */
  | { kind: 'undo'; turnId: string; version: number };

const undoOf = (message: Message): Extract<WayBack, { kind: 'undo' }> | null =>
  message.payload?.type === 'result' && message.payload.versionNumber !== null && message.turnId !== null
    ? { kind: 'undo', turnId: message.turnId, version: message.payload.versionNumber }
    : null;

/** Going back in a project's history, asked for first. It becomes a new version; nothing is lost. */
export function createGoingBack({ projectId, conversation, versions }: WorkspaceData) {
  const toasts = useToasts();
  const { t } = useI18n();
  const asked = ref<WayBack | null>(null);
  const withData = ref(false);

  const callers = {
    restore: (way: Extract<WayBack, { kind: 'restore' }>) =>
      api.POST('/api/projects/{id}/versions/{number}/restore', {
        params: { path: { id: projectId, number: way.version } },
        body: { withData: withData.value },
      }),
    undo: (way: Extract<WayBack, { kind: 'undo' }>) =>
      api.POST('/api/turns/{id}/undo', {
        params: { path: { id: way.turnId } },
        body: { withData: withData.value },
      }),
  };
  const going = useAction(async (way: WayBack) => {
    const made = await unwrap<ProjectVersion>(way.kind === 'undo' ? callers.undo(way) : callers.restore(way));
    conversation.change((world) => ({ ...world, versions: { ...world.versions, [made.id]: made } }));
    asked.value = null;
    const facts = { version: way.version, number: made.versionNumber };
    toasts.show(t(way.kind === 'undo' ? 'workspace.goBack.undone' : 'workspace.goBack.restored', facts));
  });

  const isUndone = (way: WayBack): boolean => {
    const newest = versions.items.value[0]?.versionNumber;
    return newest !== undefined && !stillHolds(versions.items.value, newest, way.version);
  };
  return {
    asked,
    /** Whether data and settings come back, too. */
    withData,
    ask(way: WayBack): void {
      going.clear();
      withData.value = false;
      asked.value = way;
    },
    confirm: () => (asked.value ? going.perform(asked.value) : undefined),
    busy: going.busy,
    error: going.error,
    undoOf,
    /** Whether what a turn did is out of the app already. */
    isUndone,
    /** What Mara did last, if it changed something that still stands. */
    lastUndoable: computed(() => {
      const ways = inOrder(conversation.world.value.messages).map(undoOf);
      return ways.findLast((way) => way !== null && !isUndone(way)) ?? null;
    }),
  };
}
