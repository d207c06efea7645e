import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useSendMessage } from '../conversation/useSendMessage';
import { useTurns } from '../conversation/useTurns';
import { useWorkspace } from '../workspace';

const LOG_TAIL = 3000;

export interface Trouble {
  /** Dismissed by this; a new trouble shows again. */
  key: string;
  source: string;
  sentence: string;
  /** What Mara is asked when the person presses Fix. */
  request: string;
}

/** What is wrong with the app just now: a build that failed, or an error the running app reports. */
export function useTrouble() {
  const { preview } = useWorkspace();
  const { isWorking } = useTurns();
  const { send, busy } = useSendMessage();
  const { t } = useI18n();
  const dismissed = ref<string | null>(null);

  const ofBuild = computed((): Trouble | null => {
    const state = preview.next.value ?? preview.state.value;
    if (state?.kind !== 'failed') return null;
    const { version, reason, build } = state;
    const log = build ? build.outputTail.slice(-LOG_TAIL) : reason;
    return {
      key: `build-${version}-${build?.id ?? ''}`,
      source: t(build ? 'workspace.trouble.buildSource' : 'workspace.trouble.startSource', { version }),
      sentence: reason || t('workspace.trouble.noReason'),
      request: t('workspace.fix.version', { version, log }),
    };
  });
  const ofApp = computed((): Trouble | null => {
    const error = preview.appError.value;
    if (error === null) return null;
    return {
      key: `app-${error}`,
      source: t('workspace.trouble.appSource'),
      sentence: error.split('\n')[0] ?? error,
      request: t('workspace.fix.app', { path: preview.path.value, error }),
    };
  });
  const trouble = computed(() => {
    const found = ofBuild.value ?? ofApp.value;
    return found && found.key !== dismissed.value ? found : null;
  });
  return {
    trouble,
    /** Mara works already: she sees failed builds herself. */
    isWorking,
    busy,
    dismiss(): void {
      dismissed.value = trouble.value?.key ?? null;
    },
    async fix(): Promise<void> {
      const found = trouble.value;
      if (found && (await send(found.request))) dismissed.value = found.key;
    },
  };
}
