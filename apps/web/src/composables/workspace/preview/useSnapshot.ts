import { useEventListener, useTimeoutFn } from '@vueuse/core';
import { api, unwrap } from '@/api/client';
import { useWorkspace } from '../workspace';
import { SNAPSHOT_REQUEST, snapshotImage } from './snapshot-message';

/** Time for a page to fetch its data and to come to rest. */
const SETTLE_MS = 1500;

/** Keeps a picture of every version that the preview shows, for the project's card: the app draws itself. */
export function useSnapshot() {
  const { project, projectId } = useWorkspace();
  const kept = new Set<number>();
  let frame: HTMLIFrameElement | null = null;
  let version = 0;
  /** The window that was asked and has not answered. */
  let asked: Window | null = null;
  const origin = () => (project.value ? new URL(project.value.previewUrl).origin : '');

  const settled = useTimeoutFn(
    () => {
      // Nobody looks: the page may not have been laid out.
      if (document.hidden || !frame?.isConnected || frame.clientWidth === 0 || origin() === '') return;
      asked = frame.contentWindow;
      asked?.postMessage(SNAPSHOT_REQUEST, origin());
    },
    SETTLE_MS,
    { immediate: false },
  );

  useEventListener(window, 'message', (event) => {
    if (asked === null || event.source !== asked || event.origin !== origin()) return;
    const picture = snapshotImage(event.data);
    if (!picture) return;
    asked = null;
    kept.add(version);
    const sent = api.PUT('/api/projects/{id}/screenshot', {
      params: { path: { id: projectId } },
      headers: { 'content-type': picture.type },
      body: picture,
      bodySerializer: () => picture,
    });
    // The card keeps what it had; the next version brings the next picture.
    unwrap(sent).catch(() => {});
  });

  return {
    /** A document of a version has loaded. */
    loaded(target: EventTarget | null, shown: number): void {
      if (!(target instanceof HTMLIFrameElement) || kept.has(shown)) return;
      asked = null;
      frame = target;
      version = shown;
      settled.start();
    },
  };
}
