import { reactive, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { invalidPassword } from '@/composables/identity/field-checks';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';

/** Changing the password; wrong or common ones are told at their field. */
export function usePasswordChange() {
  const toasts = useToasts();
  const { t } = useI18n();
  const form = reactive({ currentPassword: '', newPassword: '' });
  const invalid = ref<{ current?: string | undefined; next?: string | undefined }>({});
  const change = useAction(async () => {
    await unwrap(api.PUT('/api/me/password', { body: { ...form } }));
    Object.assign(form, { currentPassword: '', newPassword: '' });
    toasts.show(t('account.password.done'));
  });

  async function submit(): Promise<void> {
    invalid.value = {
      current: invalidPassword(form.currentPassword, 'given').password,
      next: invalidPassword(form.newPassword, 'new').password,
    };
    if (invalid.value.current || invalid.value.next) return;
    await change.perform();
    const error = change.error.value;
    if (error?.is('credentials_wrong')) invalid.value = { current: t('account.password.wrong') };
    else if (error?.is('password_common')) invalid.value = { next: error.message };
    else return;
    change.clear();
  }
  return { form, invalid, submit, busy: change.busy, error: change.error, clearError: change.clear };
}
