import { reactive, ref } from 'vue';
import { useRoute } from 'vue-router';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { currentLocale } from '@/i18n';
import { invalidEmail, invalidName, invalidPassword } from './field-checks';
import { linkToken } from './link-token';
import { useEnter } from './useEnter';

interface Invalid {
  name?: string;
  email?: string;
  password?: string;
}

/** The sign-up form; sentences about one field stand at that field. */
export function useSignUp() {
  const enter = useEnter();
  const inviteToken = linkToken(useRoute(), 'invite');
  const form = reactive({ name: '', email: '', password: '' });
  const invalid = ref<Invalid>({});
  const action = useAction(async () => {
    const body = {
      name: form.name.trim(),
      email: form.email.trim(),
      password: form.password,
      locale: currentLocale(),
      ...(inviteToken ? { inviteToken } : {}),
    };
    await enter(await unwrap(api.POST('/api/auth/sign-up', { body })), 'new-project');
  });

  async function submit(): Promise<void> {
    invalid.value = {
      ...invalidName(form.name),
      ...invalidEmail(form.email),
      ...invalidPassword(form.password, 'new'),
    };
    if (Object.keys(invalid.value).length > 0) return;
    await action.perform();
    const error = action.error.value;
    if (error?.is('email_taken')) invalid.value = { email: error.message };
    else if (error?.is('password_common')) invalid.value = { password: error.message };
    else return;
    action.clear();
  }
  return { form, invalid, submit, inviteToken, busy: action.busy, error: action.error, clearError: action.clear };
}
