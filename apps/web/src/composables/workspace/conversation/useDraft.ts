import { type Ref, ref, watch } from 'vue';
import { storedValue } from '@/lib/stored-value';
import { useSession } from '@/stores/session';

/** What a person has begun to write to a project's Mara; survives leaving the page. */
export function useDraft(projectId: string): Ref<string> {
  const stored = storedValue(`talkide.draft.${useSession().me?.id ?? ''}.${projectId}`);
  const draft = ref(stored.read() ?? '');
  watch(draft, (text) => stored.write(text === '' ? null : text));
  return draft;
}
