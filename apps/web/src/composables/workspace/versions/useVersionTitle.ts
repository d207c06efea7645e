import type { ProjectVersion } from '@talkide/contracts';
import { useI18n } from 'vue-i18n';
import { useWorkspace } from '../workspace';
import { editedPath } from './edited-path';

/** What a version is, in the reader's language; what Mara and git say stands as it was said. */
export function useVersionTitle() {
  const { t } = useI18n();
  const { world } = useWorkspace();
  return (version: ProjectVersion): string => {
    if (version.source === 'TEMPLATE') return t('workspace.versions.title.TEMPLATE');
    if (version.source === 'RESTORE' && version.restoredFrom !== null) {
      return t('workspace.versions.title.RESTORE', { number: version.restoredFrom });
    }
    const turn = version.turnId === null ? undefined : world.value.turns[version.turnId];
    if (turn?.kind === 'REPAIR') return t('workspace.versions.title.REPAIR');
    const path = version.source === 'EDIT' ? editedPath(version.description) : null;
    return path === null ? version.description : t('workspace.versions.title.EDIT', { path });
  };
}
