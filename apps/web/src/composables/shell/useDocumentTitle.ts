import { useTitle } from '@vueuse/core';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute } from 'vue-router';

/** What the current screen wants to stand before the name, such as a project's; put null back when leaving. */
export const screenTitle = ref<string | null>(null);

/** "Studio · TalkIDE" in the browser's tab. */
export function useDocumentTitle(): void {
  const route = useRoute();
  const { t } = useI18n();
  useTitle(
    computed(() => {
      const title = screenTitle.value ?? (route.meta.title ? t(route.meta.title) : null);
      return title ? `${title} · TalkIDE` : 'TalkIDE';
    }),
  );
}
