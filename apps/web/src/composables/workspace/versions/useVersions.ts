import type { ProjectVersion } from '@talkide/contracts';
import { computed } from 'vue';
import { useWorkspace } from '../workspace';

/** The versions of the open project, newest first, and which of them matter. */
export function useVersions() {
  const { project, versions } = useWorkspace();
  const items = versions.items;
  const current = computed(
    () => items.value.find((one) => one.versionNumber === project.value?.currentVersion) ?? items.value[0] ?? null,
  );
  return {
    ...versions,
    current,
    /** The newest version that works, other than the current one. */
    lastGood: computed(
      () =>
        items.value.find((one) => one.status === 'APPLIED' && one.versionNumber !== current.value?.versionNumber) ??
        null,
    ),
    isCurrent: (version: ProjectVersion) => version.versionNumber === current.value?.versionNumber,
    isPublished: (version: ProjectVersion) => version.versionNumber === project.value?.publishedVersion,
  };
}
