import { type Ref, ref } from 'vue';

interface Load<T> {
  data: Ref<T | null>;
  error: Ref<string>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

/** Loads something when the page opens: `const { data, error, reload } = useLoad(() => api.get<Entry[]>('/api/entries'))`. */
export function useLoad<T>(load: () => Promise<T>): Load<T> {
  const data = ref(null) as Ref<T | null>;
  const error = ref('');
  const loading = ref(false);

  async function reload(): Promise<void> {
    loading.value = true;
    try {
      data.value = await load();
      error.value = '';
    } catch (cause) {
      error.value = (cause as Error).message;
    } finally {
      loading.value = false;
    }
  }

  void reload();
  return { data, error, loading, reload };
}
