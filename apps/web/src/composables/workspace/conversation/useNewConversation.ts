import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';
import { useWorkspace } from '../workspace';

/** Beginning afresh with Mara: the conversation so far is closed and stays to be read. */
export function useNewConversation() {
  const { projectId, conversation } = useWorkspace();
  const toasts = useToasts();
  const { t } = useI18n();
  const starting = useAction(async () => {
    await unwrap(api.POST('/api/projects/{id}/conversations', { params: { path: { id: projectId } } }));
    await conversation.load();
    toasts.show(t('workspace.conversation.started'));
  });
  async function start(): Promise<void> {
    await starting.perform();
    if (starting.error.value) toasts.showError(starting.error.value);
  }
  return { start, busy: starting.busy };
}
