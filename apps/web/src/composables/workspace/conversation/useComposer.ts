import { computed, ref, watch } from 'vue';
import { useWorkspace } from '../workspace';
import { useDraft } from './useDraft';
import { useSendMessage } from './useSendMessage';
import { useTurnActions } from './useTurnActions';
import { useTurns } from './useTurns';

/** The field one talks to Mara with: sends, queues while she works, or stops her. */
export function useComposer() {
  const { projectId, project, conversation } = useWorkspace();
  const draft = useDraft(projectId);
  const { turns, current, isWorking } = useTurns();
  const { send, busy, error, clearError } = useSendMessage();
  const { stop } = useTurnActions();
  const stopAsked = ref<string | null>(null);

  const isResting = computed(() => project.value?.status === 'PAUSED' || project.value?.status === 'ARCHIVED');
  const canSend = computed(
    () => draft.value.trim() !== '' && conversation.conversationId.value !== null && !isResting.value,
  );

  async function submit(): Promise<void> {
    if (!canSend.value || busy.value) return;
    const text = draft.value;
    if ((await send(text.trim())) && draft.value === text) draft.value = '';
  }
  async function stopNow(): Promise<void> {
    if (!current.value) return;
    stopAsked.value = current.value.id;
    if (!(await stop(current.value.id))) stopAsked.value = null;
  }
  watch(draft, clearError);
  // The platform answers again: what it did not take can be sent now.
  watch(conversation.feedState, (now) => now === 'connected' && clearError());

  return {
    projectId,
    draft,
    isWorking,
    isResting,
    canSend,
    busy,
    error,
    clearError,
    submit,
    stopNow,
    /** Turns that are over, as many as are known here. */
    ended: computed(() => turns.value.filter((turn) => turn.finishedAt !== null).length),
    isStopping: computed(() => current.value !== null && stopAsked.value === current.value.id),
  };
}
