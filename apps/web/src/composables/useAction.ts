import { type Ref, ref, shallowRef } from 'vue';
import { type ApiError, asApiError } from '@/api/problem';

export interface Action<A extends unknown[], T> {
  busy: Ref<boolean>;
  error: Ref<ApiError | null>;
  /** Runs once at a time; gives undefined when it failed (see `error`) or was running already. */
  perform: (...args: A) => Promise<T | undefined>;
  clear: () => void;
}

/** Something a person started: whether it is under way, and how it failed. */
export function useAction<A extends unknown[], T>(run: (...args: A) => Promise<T>): Action<A, T> {
  const busy = ref(false);
  const error = shallowRef<ApiError | null>(null);

  async function perform(...args: A): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    error.value = null;
    try {
      return await run(...args);
    } catch (reason) {
      error.value = asApiError(reason);
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return {
    busy,
    error,
    perform,
    clear: () => {
      error.value = null;
    },
  };
}
