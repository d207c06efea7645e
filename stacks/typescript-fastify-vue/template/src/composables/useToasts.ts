import { reactive } from 'vue';

interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'error';
}

const visibleMs = 5000;
let lastId = 0;

/** The messages on screen now; AppToasts.vue renders them. */
export const toasts = reactive<Toast[]>([]);

/** Shows a short message for a few seconds: `toast('Saved.')`. */
export function toast(text: string, tone: Toast['tone'] = 'info'): void {
  const id = ++lastId;
  toasts.push({ id, text, tone });
  setTimeout(() => dismiss(id), visibleMs);
}

/** Takes a message away. */
export function dismiss(id: number): void {
  const index = toasts.findIndex((item) => item.id === id);
  if (index >= 0) toasts.splice(index, 1);
}
