import { useDocumentVisibility } from '@vueuse/core';
import { type Ref, ref, watch } from 'vue';

/**
 * Over HTTP/1.1 a browser has six connections to a host for all its tabs together, and a feed holds one: a seventh tab would
 * not even load. So many feeds of tabs that nobody looks at go on, for their sounds; the others rest.
 */
const PLACES = 3;

/** Holds one of the places until the promise settles; false when all are taken. */
async function takePlace(locks: LockManager, until: Promise<void>): Promise<boolean> {
  for (let place = 0; place < PLACES; place += 1) {
    const taken = await new Promise<boolean>((resolve) => {
      const hold = (lock: Lock | null) => {
        resolve(lock !== null);
        return lock ? until : undefined;
      };
      locks.request(`talkide-feed-${place}`, { ifAvailable: true }, hold).catch(() => resolve(false));
    });
    if (taken) return true;
  }
  return false;
}

/** Whether this tab may follow its feed now: always while it is looked at. */
export function useFeedPlace(): Ref<boolean> {
  const visibility = useDocumentVisibility();
  const follows = ref(true);
  watch(
    visibility,
    async (now, _before, onCleanup) => {
      // An address without https has no locks to share places by.
      if (now === 'visible' || !navigator.locks) {
        follows.value = true;
        return;
      }
      let isHidden = true;
      const shown = new Promise<void>((resolve) => {
        onCleanup(() => {
          isHidden = false;
          resolve();
        });
      });
      const hasPlace = await takePlace(navigator.locks, shown);
      if (isHidden) follows.value = hasPlace;
    },
    { immediate: true },
  );
  return follows;
}
