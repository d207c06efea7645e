import type { Message } from '@talkide/contracts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useVersions } from '../versions/useVersions';
import { useWorkspace } from '../workspace';
import { useSendMessage } from './useSendMessage';
import { useTurnActions } from './useTurnActions';
import { useTurns } from './useTurns';

/** What a notice of the platform offers, while nothing has happened since that settles it. */
export function useNotice(message: () => Message) {
  const { goingBack, projectId } = useWorkspace();
  const { turns, isWorking } = useTurns();
  const { lastGood, items: versions } = useVersions();
  const { retry, isRetrying } = useTurnActions();
  const { send, busy } = useSendMessage();
  const { t } = useI18n();

  const billing = (section: string) => ({ name: 'billing', params: { section } });
  const settings = { name: 'project', params: { projectId, tab: 'settings' } };

  const notice = computed(() => {
    const payload = message().payload;
    return payload?.type === 'notice' ? payload : null;
  });
  const isSettled = computed(() => {
    const since = [...turns.value, ...versions.value].some((one) => one.createdAt > message().createdAt);
    return isWorking.value || since;
  });
  const action = computed(() => {
    if (!notice.value || isSettled.value) return null;
    if (notice.value.action === 'RETRY' && notice.value.turnId !== null) return 'retry';
    if (notice.value.action === 'FIX') return 'fix';
    if (notice.value.action === 'REVERT' && lastGood.value) return 'revert';
    return null;
  });
  /** Where the person can settle it herself. */
  const link = computed(() => {
    if (!notice.value || isSettled.value) return null;
    if (notice.value.action === 'TOP_UP') return { words: 'topUp', to: billing('credit') } as const;
    if (notice.value.action !== 'LIMITS') return null;
    return { words: 'limits', to: notice.value.code === 'project_cap' ? settings : billing('limits') } as const;
  });
  function act(): void {
    if (action.value === 'retry' && notice.value?.turnId) void retry(notice.value.turnId);
    if (action.value === 'fix') void send(t('workspace.fix.build'));
    if (action.value === 'revert' && lastGood.value) {
      goingBack.ask({ kind: 'restore', version: lastGood.value.versionNumber });
    }
  }
  return { notice, action, link, act, busy: computed(() => busy.value || isRetrying.value), lastGood };
}
