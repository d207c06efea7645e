import type { FileContent } from '@talkide/contracts';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { useEventListener } from '@vueuse/core';
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { useSession } from '@/stores/session';
import type { WorkspaceData } from '../useWorkspaceData';

/** Text that a person has changed and not saved, with what it was changed from. */
export interface Unsaved {
  text: string;
  base: FileContent;
}

const everything = new Map<string, Map<string, Unsaved>>();

/** Unsaved text of a person's project, by path; outlives the screen. */
function unsavedOf(key: string): Map<string, Unsaved> {
  const known = everything.get(key) ?? shallowReactive(new Map<string, Unsaved>());
  everything.set(key, known);
  return known;
}

/** The file that is open in the Code tab, and unsaved text of every file. Lives as long as the workspace. */
export function createEditor({ projectId, project }: WorkspaceData) {
  const queries = useQueryClient();
  const path = ref<string | null>(null);
  const version = ref<number | null>(null);
  const unsaved = unsavedOf(`${useSession().me?.id}/${projectId}`);
  /** What is on the platform now, when a save met a newer file. */
  const theirs = shallowRef<FileContent | null>(null);

  const fetchFile = (of: string, at: number | null, signal?: AbortSignal) => {
    const query = { path: of, ...(at === null ? {} : { version: at }) };
    return unwrap(api.GET('/api/projects/{id}/file', { params: { path: { id: projectId }, query }, signal }));
  };
  // The current version moves: its number is part of what was asked.
  const fileKey = computed(() => [
    ...queryKeys.file(projectId, path.value ?? '', version.value),
    version.value ?? project.value?.currentVersion,
  ]);
  const query = useQuery({
    queryKey: fileKey,
    queryFn: ({ signal }) => fetchFile(path.value ?? '', version.value, signal),
    enabled: computed(() => path.value !== null),
    placeholderData: (before) => (before?.path === path.value ? before : undefined),
  });
  const file = computed(() => (path.value === null ? null : (query.data.value ?? null)));
  const edit = computed(() => (path.value === null || version.value !== null ? undefined : unsaved.get(path.value)));

  const saving = useAction(async () => {
    const [at, mine] = [path.value, edit.value];
    if (at === null || !mine) return;
    const header = { 'If-Match': theirs.value?.etag ?? mine.base.etag };
    const params = { path: { id: projectId }, query: { path: at }, header };
    const saved = await unwrap(api.PUT('/api/projects/{id}/file', { params, body: { content: mine.text } }));
    if (path.value === at) queries.setQueryData(fileKey.value, saved);
    if (unsaved.get(at)?.text === mine.text) unsaved.delete(at);
    theirs.value = null;
  });
  async function save(): Promise<void> {
    await saving.perform();
    const at = path.value;
    if (saving.error.value?.is('edit_conflict') && at !== null)
      theirs.value = await fetchFile(at, null).catch(() => null);
  }

  function change(text: string): void {
    if (path.value === null || !file.value || version.value !== null) return;
    const base = unsaved.get(path.value)?.base ?? file.value;
    if (text === base.content) unsaved.delete(path.value);
    else unsaved.set(path.value, { text, base });
  }
  /** Leaves the person's text for what is on the platform. */
  function discard(): void {
    if (path.value !== null) unsaved.delete(path.value);
    if (theirs.value) queries.setQueryData(fileKey.value, theirs.value);
    theirs.value = null;
    saving.clear();
  }
  useEventListener(window, 'beforeunload', (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });
  watch([path, version], () => {
    theirs.value = null;
    saving.clear();
  });

  return {
    path,
    version,
    file,
    text: computed(() => edit.value?.text ?? file.value?.content ?? ''),
    isDirty: computed(() => edit.value !== undefined),
    unsaved,
    theirs,
    change,
    discard,
    save,
    isSaving: saving.busy,
    saveError: saving.error,
    clearSaveError: saving.clear,
    isPending: computed(() => path.value !== null && query.isPending.value),
    loadError: query.error,
    reload: () => void query.refetch(),
  };
}
