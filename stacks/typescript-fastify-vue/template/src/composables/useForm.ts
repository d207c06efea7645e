import { reactive, ref } from 'vue';
import { ApiError } from '../api.ts';

/**
 * Holds a form: its values, the errors beside its fields, and whether it is being sent.
 * `const { values, errors, sending, submit } = useForm({ name: '' }, (values) => api.post('/api/entries', values))`;
 * `submit` answers whether it worked, and empties the form then.
 */
export function useForm<T extends Record<string, unknown>>(initial: T, send: (values: T) => Promise<unknown>) {
  const values = reactive({ ...initial }) as T;
  const errors = reactive<Record<string, string>>({});
  const problem = ref('');
  const sending = ref(false);

  async function submit(): Promise<boolean> {
    if (sending.value) return false;
    sending.value = true;
    problem.value = '';
    for (const name of Object.keys(errors)) delete errors[name];
    try {
      await send({ ...values });
      Object.assign(values, initial);
      return true;
    } catch (error) {
      Object.assign(errors, error instanceof ApiError ? error.fields : {});
      problem.value = (error as Error).message;
      return false;
    } finally {
      sending.value = false;
    }
  }

  return { values, errors, problem, sending, submit };
}
