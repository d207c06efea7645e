import { computed } from 'vue';
import { inOrder } from '@/feed/world';
import { useWorkspace } from '../workspace';
import { currentTurn } from './chat-items';

/** Whether Mara works, on what, and what waits for her. */
export function useTurns() {
  const { world, conversation } = useWorkspace();
  const turns = computed(() =>
    inOrder(world.value.turns).filter((turn) => turn.conversationId === conversation.conversationId.value),
  );
  const current = computed(() => currentTurn(turns.value));
  return {
    turns,
    current,
    isWorking: computed(() => current.value !== null),
    queued: computed(() => turns.value.filter((turn) => turn.status === 'QUEUED' && turn !== current.value)),
  };
}
