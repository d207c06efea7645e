import { useEventListener } from '@vueuse/core';
import { computed, ref, watch } from 'vue';
import { storedValue } from '@/lib/stored-value';
import { useSession } from '@/stores/session';

export const MIN_PERCENT = 24;
export const MAX_PERCENT = 60;
const FIRST_PERCENT = 34;
const STEP_PERCENT = 2;

const within = (percent: number): number => Math.min(MAX_PERCENT, Math.max(MIN_PERCENT, percent));

/** How the width is shared between chat and panel: dragged or set by keys, remembered per person in this browser. */
export function useSplit(frame: Readonly<{ value: HTMLElement | null }>) {
  const stored = storedValue(`talkide.split.${useSession().me?.id ?? ''}`);
  const percent = ref(within(Number(stored.read() ?? FIRST_PERCENT) || FIRST_PERCENT));
  const isDragging = ref(false);
  watch(percent, (next) => stored.write(String(Math.round(next))));

  useEventListener(window, 'pointermove', (event: PointerEvent) => {
    const box = isDragging.value ? frame.value?.getBoundingClientRect() : undefined;
    if (box) percent.value = within(((event.clientX - box.left) / box.width) * 100);
  });
  useEventListener(window, ['pointerup', 'pointercancel', 'blur'], () => {
    isDragging.value = false;
  });
  const moves: Record<string, (from: number) => number> = {
    ArrowLeft: (from) => from - STEP_PERCENT,
    ArrowRight: (from) => from + STEP_PERCENT,
    Home: () => MIN_PERCENT,
    End: () => MAX_PERCENT,
  };
  return {
    percent: computed(() => Math.round(percent.value)),
    width: computed(() => `${percent.value}%`),
    isDragging,
    begin(event: PointerEvent): void {
      if (event.button !== 0) return;
      event.preventDefault();
      isDragging.value = true;
    },
    reset(): void {
      percent.value = FIRST_PERCENT;
    },
    onKey(event: KeyboardEvent): void {
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      percent.value = within(move(percent.value));
    },
  };
}
