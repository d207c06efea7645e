import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useSlug } from '@/composables/projects/useSlug';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';
import { useWorkspace } from '../workspace';

/** Another address for the open project. */
export function useSlugChange() {
  const { projectId, conversation } = useWorkspace();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { t } = useI18n();
  const slug = useSlug(ref(''));

  const save = useAction(async () => {
    const params = { path: { id: projectId } };
    const body = { slug: slug.chosen.value ?? '' };
    const project = await unwrap(api.PUT('/api/projects/{id}/slug', { params, body }));
    conversation.change((world) => ({ ...world, projects: { ...world.projects, [projectId]: project } }));
    void queries.invalidateQueries({ queryKey: queryKeys.projects });
    slug.text.value = '';
    toasts.show(t('workspace.settings.addressChanged'));
    return true;
  });
  return {
    slug,
    save,
    isReady: computed(() => slug.verdict.value !== null && !slug.isChecking.value),
  };
}
