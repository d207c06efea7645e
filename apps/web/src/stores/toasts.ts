import { defineStore } from 'pinia';
import { ref } from 'vue';

export interface Toast {
  id: number;
  text: string;
  tone: 'neutral' | 'danger';
  action?: { label: string; run: () => void };
}

/** Short notes that leave by themselves; an error with something to do belongs into an ErrorBanner instead. */
export const useToasts = defineStore('toasts', () => {
  const items = ref<Toast[]>([]);
  let last = 0;

  function show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
    last += 1;
    items.value = [...items.value.slice(-2), { id: last, text, tone: 'neutral', ...options }];
  }
  function dismiss(id: number): void {
    items.value = items.value.filter((toast) => toast.id !== id);
  }
  return { items, show, dismiss, showError: (error: Error) => show(error.message, { tone: 'danger' }) };
});
