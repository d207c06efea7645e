import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { useSession } from '@/stores/session';
import { useToasts } from '@/stores/toasts';

/** The person's name. */
export function useProfile() {
  const session = useSession();
  const toasts = useToasts();
  const { t } = useI18n();
  const name = ref(session.me?.name ?? '');
  const isChanged = computed(() => name.value.trim() !== '' && name.value.trim() !== session.me?.name);
  const save = useAction(async () => {
    session.setMe(await unwrap(api.PATCH('/api/me', { body: { name: name.value.trim() } })));
    toasts.show(t('common.saved'));
  });
  return { name, isChanged, save: save.perform, busy: save.busy, error: save.error };
}
