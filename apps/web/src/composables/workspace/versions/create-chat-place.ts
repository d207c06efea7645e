import { ref } from 'vue';

/** A turn in a conversation: where a version came from. */
export interface ChatPlace {
  conversationId: string;
  turnId: string;
}

/** The place in the chat that somebody asked to see; whoever shows the chat goes there and clears it. */
export function createChatPlace() {
  const asked = ref<ChatPlace | null>(null);
  return {
    asked,
    show: (place: ChatPlace) => {
      asked.value = place;
    },
    reached: () => {
      asked.value = null;
    },
  };
}
