import { api, unwrap } from '@/api/client';
import { useSounds } from '@/composables/sounds';
import { useAction } from '@/composables/useAction';
import { useWorkspace } from '../workspace';

/** Saying something to Mara, from wherever in the workspace. */
export function useSendMessage() {
  const { conversation } = useWorkspace();
  const { play } = useSounds();
  const action = useAction(async (content: string): Promise<true> => {
    const id = conversation.conversationId.value ?? '';
    const params = { path: { id } };
    const { message, turn } = await unwrap(api.POST('/api/conversations/{id}/messages', { params, body: { content } }));
    conversation.change((world) => ({
      ...world,
      messages: { ...world.messages, [message.id]: message },
      // The feed may be ahead: a turn that runs already is not set back.
      turns: { [turn.id]: turn, ...world.turns },
    }));
    play('sendMessage');
    return true;
  });

  async function send(content: string): Promise<boolean> {
    const sent = await action.perform(content);
    // Another tab began a new conversation: show that one; the text is kept.
    if (action.error.value?.is('conversation_closed')) await conversation.load();
    return sent === true;
  }
  return { send, busy: action.busy, error: action.error, clearError: action.clear };
}
