import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { type Ref, ref } from 'vue';

/** The time, renewed every 20 s; one timer for the whole page. */
export const useNow: () => Ref<Date> = createSharedComposable(() => {
  const now = ref(new Date());
  useIntervalFn(() => {
    now.value = new Date();
  }, 20_000);
  return now;
});
