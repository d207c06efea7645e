import type { Project } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';

export type ProjectAction = 'pause' | 'resume' | 'archive' | 'restore' | 'delete';

const callers = {
  pause: (id: string) => api.POST('/api/projects/{id}/pause', { params: { path: { id } } }),
  resume: (id: string) => api.POST('/api/projects/{id}/resume', { params: { path: { id } } }),
  archive: (id: string) => api.POST('/api/projects/{id}/archive', { params: { path: { id } } }),
  restore: (id: string) => api.POST('/api/projects/{id}/restore', { params: { path: { id } } }),
};

/** What can be done with a project as a whole, by its status. */
export function actionsFor(project: Project): ProjectAction[] {
  switch (project.status) {
    case 'LIVE':
    case 'UPDATED':
      return ['pause', 'archive', 'delete'];
    case 'PAUSED':
      return ['resume', 'archive', 'delete'];
    case 'ARCHIVED':
      return ['restore', 'delete'];
    default:
      return ['archive', 'delete'];
  }
}

/** Pauses, archives, restores or deletes a project and says so. */
export function useProjectActions() {
  const { t } = useI18n();
  const queries = useQueryClient();
  const toasts = useToasts();
  const action = useAction(async (project: Project, what: ProjectAction): Promise<true> => {
    if (what === 'delete') {
      await unwrap(api.DELETE('/api/projects/{id}', { params: { path: { id: project.id } } }));
      queries.removeQueries({ queryKey: queryKeys.project(project.id) });
    } else {
      await unwrap<Project>(callers[what](project.id));
      await queries.invalidateQueries({ queryKey: queryKeys.project(project.id), exact: true });
    }
    await queries.invalidateQueries({ queryKey: queryKeys.projects });
    toasts.show(t(`projects.done.${what}`, { name: project.name }));
    return true;
  });
  return { run: action.perform, busy: action.busy, error: action.error, clearError: action.clear };
}
