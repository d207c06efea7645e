import type { Project } from '@talkide/contracts';
import { useElementVisibility, useObjectUrl, whenever } from '@vueuse/core';
import { type Ref, ref, shallowRef, watch } from 'vue';
import { api, unwrap } from '@/api/client';

/** The address of a project's last screenshot, fetched once its place has come into sight; undefined until then. */
export function useScreenshot(project: () => Pick<Project, 'id' | 'screenshotAt'>, place: Ref<HTMLElement | null>) {
  const picture = shallowRef<Blob>();
  const isWanted = ref(false);
  whenever(
    useElementVisibility(place, { rootMargin: '200px' }),
    () => {
      isWanted.value = true;
    },
    { once: true },
  );
  watch(
    () => (isWanted.value ? project().screenshotAt : null),
    async (takenAt, _before, onCleanup) => {
      if (takenAt === null) return;
      const leave = new AbortController();
      onCleanup(() => leave.abort());
      const { id } = project();
      const call = api.GET('/api/projects/{id}/screenshot', {
        params: { path: { id } },
        parseAs: 'blob',
        signal: leave.signal,
      });
      // The poster stands in for a picture that cannot be had.
      const found = await unwrap(call).catch(() => undefined);
      if (!leave.signal.aborted) picture.value = found;
    },
    { immediate: true },
  );
  return {
    url: useObjectUrl(picture),
    /** It turned out not to be a picture. */
    drop(): void {
      picture.value = undefined;
    },
  };
}
