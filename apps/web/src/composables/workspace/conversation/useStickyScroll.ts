import { useEventListener, useMutationObserver, useResizeObserver } from '@vueuse/core';
import { nextTick, type Ref, ref } from 'vue';

/** How near (px) to the end still counts as reading along. */
const NEAR_PX = 48;

/** Keeps a list at its end while the person reads along; leaves it alone once they have scrolled up. */
export function useStickyScroll(list: Readonly<Ref<HTMLElement | null>>, content: Readonly<Ref<HTMLElement | null>>) {
  const sticks = ref(true);
  const hasNew = ref(false);
  let lastTop = 0;

  function toEnd(): void {
    const element = list.value;
    if (element) element.scrollTop = element.scrollHeight;
    sticks.value = true;
    hasNew.value = false;
  }
  const keepUp = () => {
    if (sticks.value) toEnd();
  };
  useResizeObserver(content, keepUp);
  useResizeObserver(list, keepUp);
  useMutationObserver(
    content,
    () => {
      if (!sticks.value) hasNew.value = true;
    },
    { childList: true },
  );
  useEventListener(
    list,
    'scroll',
    () => {
      const element = list.value;
      if (!element) return;
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      // Only going up leaves the end: content that grows moves the end away too.
      if (isNear) sticks.value = true;
      else if (element.scrollTop < lastTop) sticks.value = false;
      lastTop = element.scrollTop;
      if (sticks.value) hasNew.value = false;
    },
    { passive: true },
  );

  /** Puts something in above without moving what is being read. */
  async function keepPlace(change: () => Promise<unknown>): Promise<void> {
    const before = list.value?.scrollHeight ?? 0;
    await change();
    await nextTick();
    if (list.value) list.value.scrollTop += list.value.scrollHeight - before;
  }
  /** Reads somewhere else than at the end. */
  const leaveEnd = () => {
    sticks.value = false;
  };
  return { sticks, hasNew, toEnd, keepPlace, leaveEnd };
}
