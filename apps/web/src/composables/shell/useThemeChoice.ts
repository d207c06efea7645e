import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { THEMES, useTheme } from '@/stores/theme';

/** The theme as a choice with its words. */
export function useThemeChoice() {
  const store = useTheme();
  const { t } = useI18n();
  return {
    choice: computed({
      get: () => store.theme,
      set: (next) => {
        store.theme = next;
      },
    }),
    options: computed(() => THEMES.map((value) => ({ value, label: t(`common.theme.${value}`) }))),
  };
}
