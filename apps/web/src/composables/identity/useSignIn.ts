import { reactive, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { invalidEmail, invalidPassword } from './field-checks';
import { useEnter } from './useEnter';

/** The sign-in form. */
export function useSignIn() {
  const enter = useEnter();
  const form = reactive({ email: '', password: '' });
  const invalid = ref<{ email?: string; password?: string }>({});
  const action = useAction(async () => {
    const body = { email: form.email.trim(), password: form.password };
    await enter(await unwrap(api.POST('/api/auth/sign-in', { body })), 'studio');
  });

  async function submit(): Promise<void> {
    invalid.value = { ...invalidEmail(form.email), ...invalidPassword(form.password, 'given') };
    if (Object.keys(invalid.value).length === 0) await action.perform();
  }
  return { form, invalid, submit, busy: action.busy, error: action.error, clearError: action.clear };
}
