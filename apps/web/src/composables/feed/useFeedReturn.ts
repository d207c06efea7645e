import { useTimeoutFn } from '@vueuse/core';
import { type Ref, ref, watch } from 'vue';
import type { FeedState } from '@/feed/feed-connection';

const SHOWN_MS = 5_000;

/** True for a few seconds after a lost connection stands again. */
export function useFeedReturn(state: () => FeedState): Ref<boolean> {
  const isBack = ref(false);
  const { start } = useTimeoutFn(
    () => {
      isBack.value = false;
    },
    SHOWN_MS,
    { immediate: false },
  );
  watch(state, (now, before) => {
    isBack.value = now === 'connected' && (before === 'reconnecting' || before === 'offline');
    if (isBack.value) start();
  });
  return isBack;
}
