import type { Build, Project, ProjectVersion, Release } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, watch } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useProject } from '@/composables/projects/useProject';
import { useConversation } from './conversation/useConversation';
import { useFeedList } from './useFeedList';

const newest = (a: Project | null | undefined, b: Project | null | undefined): Project | null => {
  if (!a || !b) return a ?? b ?? null;
  return a.updatedAt > b.updatedAt ? a : b;
};

/** Everything the workspace shows of one project; one feed keeps all of it current. */
export function useWorkspaceData(projectId: string) {
  const queries = useQueryClient();
  const fetched = useProject(projectId);
  const conversation = useConversation(projectId);
  const { world } = conversation;
  const isFollowed = () => conversation.isLoaded.value;
  const path = { id: projectId };

  const project = computed(() => newest(world.value.projects[projectId], fetched.project.value));
  // The breadcrumb and the palette read the project from the cache.
  watch(
    () => world.value.projects[projectId],
    (told) => {
      queries.setQueryData(queryKeys.project(projectId), (before: { data: Project; etag: string } | undefined) =>
        told ? { data: newest(told, before?.data) ?? told, etag: before?.etag ?? '' } : before,
      );
    },
  );

  // As with the lists: a status read before the feed's beginning may be a status of the past.
  watch(conversation.isLoaded, async () => {
    await queries.cancelQueries({ queryKey: queryKeys.project(projectId), exact: true });
    await queries.invalidateQueries({ queryKey: queryKeys.project(projectId), exact: true });
  });

  const versions = useFeedList<ProjectVersion>({
    queryKey: queryKeys.versions(projectId),
    fetchPage: (cursor, signal) =>
      unwrap(api.GET('/api/projects/{id}/versions', { params: { path, query: { cursor } }, signal })),
    live: () => world.value.versions,
    isFollowed,
  });
  const builds = useFeedList<Build>({
    queryKey: queryKeys.builds(projectId),
    fetchPage: (cursor, signal) =>
      unwrap(api.GET('/api/projects/{id}/builds', { params: { path, query: { cursor } }, signal })),
    live: () => world.value.builds,
    isFollowed,
  });
  const releases = useFeedList<Release>({
    queryKey: queryKeys.releases(projectId),
    fetchPage: (cursor, signal) =>
      unwrap(api.GET('/api/projects/{id}/releases', { params: { path, query: { cursor } }, signal })),
    live: () => world.value.releases,
    isFollowed,
  });

  return {
    projectId,
    project,
    projectError: fetched.error,
    reloadProject: fetched.reload,
    isDeleted: computed(() => world.value.deletedProjects[projectId] === true),
    conversation,
    world,
    versions,
    builds,
    releases,
  };
}

export type WorkspaceData = ReturnType<typeof useWorkspaceData>;
