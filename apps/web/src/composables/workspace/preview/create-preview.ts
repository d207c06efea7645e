import { useEventListener } from '@vueuse/core';
import { computed, ref, watch } from 'vue';
import type { WorkspaceData } from '../useWorkspaceData';
import { appMessage } from './app-message';
import { appAddress, appPath, startOfTrail, walkTo } from './app-path';
import { livePreview, previewState, progress } from './preview-state';

/** One document in the preview; a newer one lies above the old until it has loaded. */
export interface PreviewFrame {
  key: number;
  src: string;
  version: number;
}

/** The running app: its frames, where one is in it, and what it reports. Lives as long as the workspace. */
export function createPreview({ project, releases, builds }: WorkspaceData) {
  const live = computed(() => livePreview(releases.items.value));
  const origin = computed(() => (project.value ? new URL(project.value.previewUrl).origin : ''));
  const trail = ref(startOfTrail);
  const path = computed(() => trail.value.paths[trail.value.at] ?? '/');
  const frames = ref<PreviewFrame[]>([]);
  const appError = ref<string | null>(null);
  const loadedKey = ref(0);
  let lastKey = 0;

  function open(): void {
    if (!live.value || origin.value === '') return;
    lastKey += 1;
    appError.value = null;
    const frame = { key: lastKey, src: appAddress(origin.value, path.value), version: live.value.versionNumber };
    frames.value = [...frames.value.slice(-1), frame];
  }
  function loaded(key: number): void {
    loadedKey.value = key;
    frames.value = frames.value.filter((frame) => frame.key >= key);
  }
  function step(by: -1 | 1): void {
    const at = trail.value.at + by;
    if (trail.value.paths[at] === undefined) return;
    trail.value = { ...trail.value, at };
    open();
  }
  watch([() => live.value?.id, origin], open, { immediate: true });

  useEventListener(window, 'message', (event) => {
    if (event.origin !== origin.value || origin.value === '') return;
    const message = appMessage(event.data);
    if (message?.type === 'navigate') trail.value = walkTo(trail.value, message.path);
    if (message?.type === 'error') appError.value = message.message;
  });

  return {
    state: computed(() =>
      project.value
        ? previewState({ project: project.value, releases: releases.items.value, builds: builds.items.value })
        : null,
    ),
    /** A newer version on its way, or why it does not come. */
    next: computed(() => (live.value ? progress(builds.items.value, releases.items.value) : null)),
    isReady: computed(() => !releases.isPending.value && !builds.isPending.value),
    frames,
    loaded,
    /** The newest frame that has loaded; 0 before the first. */
    loadedKey,
    path,
    address: computed(() => appAddress(origin.value || location.origin, path.value)),
    canGoBack: computed(() => trail.value.at > 0),
    canGoForward: computed(() => trail.value.at < trail.value.paths.length - 1),
    back: () => step(-1),
    forward: () => step(1),
    reload: open,
    goTo(typed: string): void {
      trail.value = walkTo(trail.value, appPath(typed));
      open();
    },
    appError,
  };
}
