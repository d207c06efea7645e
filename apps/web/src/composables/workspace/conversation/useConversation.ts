import type { ConversationView } from '@talkide/contracts';
import { computed, shallowRef, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { useFeedWorld } from '@/composables/feed/useFeedWorld';
import { useAction } from '@/composables/useAction';
import { byId, type World } from '@/feed/world';

const withView = (world: World, view: ConversationView): World => ({
  ...world,
  conversations: { ...world.conversations, [view.conversation.id]: view.conversation },
  messages: { ...world.messages, ...byId(view.messages) },
  turns: { ...world.turns, ...byId(view.turns) },
  activities: { ...world.activities, ...byId(view.activities) },
});

/** The active conversation of a project: fetched once, then followed by the project's feed. */
export function useConversation(projectId: string) {
  const view = shallowRef<ConversationView | null>(null);
  const cursor = shallowRef<string | null>(null);
  const { world, state, change } = useFeedWorld(() => (view.value ? `/api/projects/${projectId}/feed` : null), {
    lastEventId: () => view.value?.lastEventId ?? null,
  });

  const load = useAction(async () => {
    const path = { id: projectId };
    const fresh = await unwrap(api.GET('/api/projects/{id}/conversation', { params: { path } }));
    change((before) => withView(before, fresh));
    cursor.value = fresh.messagesCursor;
    view.value = fresh;
  });
  const older = useAction(async () => {
    if (!view.value || cursor.value === null) return;
    const params = { path: { id: view.value.conversation.id }, query: { cursor: cursor.value } };
    const page = await unwrap(api.GET('/api/conversations/{id}/messages', { params }));
    change((before) => ({ ...before, messages: { ...byId(page.items), ...before.messages } }));
    cursor.value = page.nextCursor;
  });
  void load.perform();
  // A new one was started, here or in another tab.
  watch(
    () => view.value && world.value.conversations[view.value.conversation.id]?.status === 'CLOSED',
    (isOver) => isOver && void load.perform(),
  );

  return {
    world,
    change,
    feedState: state,
    conversationId: computed(() => view.value?.conversation.id ?? null),
    isLoaded: computed(() => view.value !== null),
    error: load.error,
    load: load.perform,
    hasOlder: computed(() => cursor.value !== null),
    older,
  };
}
