import type { Me } from '@talkide/contracts';
import { reactive, watch } from 'vue';
import { useAction } from '@/composables/useAction';
import { useSession } from '@/stores/session';

/** A set of preferences that is saved as soon as it changes, and put back when that fails. */
export function usePreference<T extends object>(of: (me: Me) => T, send: (value: T) => Promise<Me>) {
  const session = useSession();
  const current = (): Partial<T> => (session.me ? { ...of(session.me) } : {});
  const values = reactive(current()) as T;
  const save = useAction(async () => {
    try {
      session.setMe(await send({ ...values }));
    } finally {
      Object.assign(values, current());
    }
  });
  watch(
    () => session.me,
    () => {
      if (!save.busy.value) Object.assign(values, current());
    },
  );
  return { values, save: () => save.perform(), error: save.error, clearError: save.clear };
}
