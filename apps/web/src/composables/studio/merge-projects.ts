import type { Project } from '@talkide/contracts';
import type { World } from '@/feed/world';

/** The fetched list with what the feed told since, last changed first. */
export function mergeProjects(fetched: readonly Project[], world: World, archived: boolean): Project[] {
  const rows = new Map(fetched.map((project) => [project.id, project]));
  for (const project of Object.values(world.projects)) {
    const known = rows.get(project.id);
    if (!known || known.updatedAt <= project.updatedAt) rows.set(project.id, project);
  }
  return [...rows.values()]
    .filter((project) => !world.deletedProjects[project.id] && (project.status === 'ARCHIVED') === archived)
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0));
}
