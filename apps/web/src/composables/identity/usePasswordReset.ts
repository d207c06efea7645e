import { reactive, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { invalidEmail, invalidPassword } from './field-checks';

/** Asking for a reset link. */
export function useResetRequest() {
  const form = reactive({ email: '' });
  const invalid = ref<{ email?: string }>({});
  const sent = ref(false);
  const action = useAction(async () => {
    await unwrap(api.POST('/api/auth/password-reset', { body: { email: form.email.trim() } }));
    sent.value = true;
  });
  async function submit(): Promise<void> {
    invalid.value = invalidEmail(form.email);
    if (!invalid.value.email) await action.perform();
  }
  return { form, invalid, sent, submit, busy: action.busy, error: action.error, clearError: action.clear };
}

/** Setting a new password with the mailed token. */
export function useResetConfirm(token: () => string) {
  const form = reactive({ password: '' });
  const invalid = ref<{ password?: string }>({});
  const done = ref(false);
  const action = useAction(async () => {
    await unwrap(api.POST('/api/auth/password-reset/confirm', { body: { token: token(), password: form.password } }));
    done.value = true;
  });
  async function submit(): Promise<void> {
    invalid.value = invalidPassword(form.password, 'new');
    if (invalid.value.password) return;
    await action.perform();
    if (!action.error.value?.is('password_common')) return;
    invalid.value = { password: action.error.value.message };
    action.clear();
  }
  return { form, invalid, done, submit, busy: action.busy, error: action.error, clearError: action.clear };
}
