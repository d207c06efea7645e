import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { computed, type MaybeRefOrGetter, type Ref, ref, toValue } from 'vue';

const useSecondHand: () => Ref<number> = createSharedComposable(() => {
  const now = ref(Date.now());
  useIntervalFn(() => {
    now.value = Date.now();
  }, 1000);
  return now;
});

/** Whole seconds since a time (RFC 3339); ticks. */
export function useSecondsSince(start: MaybeRefOrGetter<string | null>) {
  const now = useSecondHand();
  return computed(() => {
    const from = toValue(start);
    return from === null ? 0 : Math.max(0, Math.floor((now.value - Date.parse(from)) / 1000));
  });
}
