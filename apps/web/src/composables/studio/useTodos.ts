import type { Todo } from '@talkide/contracts';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

type Page = { items: Todo[]; nextCursor: string | null };
/** More than anyone keeps open; the rest is reached when some are done. */
const SHOWN = 100;

/** The tenant's task list. Changes show at once and are taken back when they fail. */
export function useTodos() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.todos,
    queryFn: ({ signal }) => unwrap(api.GET('/api/todos', { params: { query: { limit: SHOWN } }, signal })),
  });
  const items = computed(() => query.data.value?.items ?? []);

  const change = useAction(async (next: (items: Todo[]) => Todo[], send: () => Promise<unknown>) => {
    await queries.cancelQueries({ queryKey: queryKeys.todos });
    const before = queries.getQueryData<Page>(queryKeys.todos);
    queries.setQueryData<Page>(queryKeys.todos, (page) => page && { ...page, items: next(page.items) });
    try {
      await send();
    } catch (error) {
      queries.setQueryData(queryKeys.todos, before);
      throw error;
    } finally {
      void queries.invalidateQueries({ queryKey: queryKeys.todos });
    }
  });
  const path = (todo: Todo) => ({ params: { path: { id: todo.id } } });

  return {
    open: computed(() => items.value.filter((todo) => !todo.completed)),
    done: computed(() => items.value.filter((todo) => todo.completed)),
    isPending: query.isPending,
    loadError: query.error,
    changeError: change.error,
    clearError: change.clear,
    reload: () => query.refetch(),
    add: (title: string) =>
      change.perform(
        (all) => all,
        () => unwrap(api.POST('/api/todos', { body: { title } })),
      ),
    toggle: (todo: Todo) =>
      change.perform(
        (all) => all.map((one) => (one.id === todo.id ? { ...one, completed: !one.completed } : one)),
        () => unwrap(api.POST('/api/todos/{id}/toggle', path(todo))),
      ),
    reword: (todo: Todo, title: string) =>
      change.perform(
        (all) => all.map((one) => (one.id === todo.id ? { ...one, title } : one)),
        () => unwrap(api.PATCH('/api/todos/{id}', { ...path(todo), body: { title } })),
      ),
    remove: (todo: Todo) =>
      change.perform(
        (all) => all.filter((one) => one.id !== todo.id),
        () => unwrap(api.DELETE('/api/todos/{id}', path(todo))),
      ),
  };
}
