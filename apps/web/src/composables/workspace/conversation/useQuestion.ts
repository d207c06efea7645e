import type { Message } from '@talkide/contracts';
import { computed } from 'vue';
import { inOrder } from '@/feed/world';
import { useToasts } from '@/stores/toasts';
import { useWorkspace } from '../workspace';
import { useSendMessage } from './useSendMessage';

/** A question of Mara: what was answered, and answering by one of its options. */
export function useQuestion(question: () => Message) {
  const { world } = useWorkspace();
  const { send, busy, error } = useSendMessage();
  const toasts = useToasts();

  const answer = computed(() => {
    const messages = inOrder(world.value.messages).filter((one) => one.conversationId === question().conversationId);
    const after = messages.slice(messages.findIndex((one) => one.id === question().id) + 1);
    return after.find((one) => one.role === 'USER')?.content ?? null;
  });
  return {
    answer,
    isAnswered: computed(() => answer.value !== null),
    busy,
    async choose(label: string): Promise<void> {
      await send(label);
      if (error.value) toasts.showError(error.value);
    },
  };
}
