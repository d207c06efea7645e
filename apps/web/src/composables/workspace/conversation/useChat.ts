import { computed } from 'vue';
import { useWorkspace } from '../workspace';
import { chatItems } from './chat-items';

/** The chat's items. */
export function useChat() {
  const { world, conversation } = useWorkspace();
  const items = computed(() => chatItems(world.value, conversation.conversationId.value ?? ''));
  return { items, conversation };
}
