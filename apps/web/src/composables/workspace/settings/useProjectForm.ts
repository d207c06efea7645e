import type { Accent, Project } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, reactive, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrapWithEtag } from '@/api/client';
import { ApiError } from '@/api/problem';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';
import { useWorkspace } from '../workspace';

interface Fields {
  name: string;
  description: string;
  accent: Accent;
}
const fieldsOf = ({ name, description, accent }: Project): Fields => ({ name, description, accent });
const isSame = (a: Fields, b: Fields): boolean =>
  a.name === b.name && a.description === b.description && a.accent === b.accent;

/** Name, description and colour of the open project. */
export function useProjectForm(initial: Project) {
  const { projectId, project, conversation } = useWorkspace();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { t } = useI18n();
  const form = reactive(fieldsOf(initial));
  let base = fieldsOf(initial);

  const take = (fresh: { data: Project; etag: string }) => {
    base = fieldsOf(fresh.data);
    queries.setQueryData(queryKeys.project(projectId), fresh);
    conversation.change((world) => ({ ...world, projects: { ...world.projects, [projectId]: fresh.data } }));
  };
  const read = () => unwrapWithEtag(api.GET('/api/projects/{id}', { params: { path: { id: projectId } } }));

  const save = useAction(async () => {
    // The ETag changes with every build and turn. Only a change of these three fields is a conflict.
    const before = await read();
    if (!isSame(fieldsOf(before.data), base)) {
      take(before);
      throw new ApiError({ code: 'edit_conflict', status: 412, detail: t('workspace.settings.conflict') });
    }
    const params = { path: { id: projectId }, header: { 'If-Match': before.etag } };
    const body = { name: form.name.trim(), description: form.description.trim(), accent: form.accent };
    take(await unwrapWithEtag(api.PATCH('/api/projects/{id}', { params, body })));
    Object.assign(form, base);
    void queries.invalidateQueries({ queryKey: queryKeys.projects });
    toasts.show(t('common.saved'));
  });
  // Changed elsewhere while nothing is typed here: show it.
  watch(project, (next) => {
    if (!next || !isSame({ ...form }, base)) return;
    base = fieldsOf(next);
    Object.assign(form, base);
  });

  return {
    form,
    isChanged: computed(() => (project.value ? !isSame({ ...form }, fieldsOf(project.value)) : false)),
    isNamed: computed(() => form.name.trim() !== ''),
    save,
  };
}
