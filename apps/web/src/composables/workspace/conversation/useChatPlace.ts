import { watch } from 'vue';
import { useWorkspace } from '../workspace';
import { findTurn, pointTo, type TurnSearch } from './find-turn';

/** Goes to the place in the present conversation that somebody asked to see. */
export function useChatPlace(search: TurnSearch & { leaveEnd(): void }): void {
  const { chatPlace, conversation } = useWorkspace();
  watch(
    [chatPlace.asked, conversation.conversationId],
    async ([place, present]) => {
      if (!place || place.conversationId !== present) return;
      chatPlace.reached();
      search.leaveEnd();
      const found = await findTurn(place.turnId, search);
      if (found) pointTo(found);
    },
    { immediate: true },
  );
}
