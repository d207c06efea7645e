import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { storedValue } from '@/lib/stored-value';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const stored = storedValue('talkide.theme');
const isTheme = (value: string | null): value is Theme => THEMES.some((theme) => theme === value);

/** Light, dark, or what the system says; remembered in this browser. */
export const useTheme = defineStore('theme', () => {
  const saved = stored.read();
  const theme = ref<Theme>(isTheme(saved) ? saved : 'system');
  watch(
    theme,
    (next) => {
      if (next === 'system') delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next;
      stored.write(next === 'system' ? null : next);
    },
    { immediate: true },
  );
  return { theme };
});
