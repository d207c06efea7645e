import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where a project's code stands in the home. */
export interface Layout {
  /** Bare repositories: the control plane's own, no agent is shown them. */
  readonly repositories: string;
  readonly environments: string;
  /** One picture a project, named by its id. */
  readonly screenshots: string;
  /** Repositories and trees of templates, and what is being made or thrown away. The control plane's own. */
  readonly templates: string;
  readonly staging: string;
  readonly trash: string;
  repository(projectId: string): string;
  /** Parent of all working trees of an environment; agents write below it, so nothing here may follow its links. */
  trees(environmentId: string): string;
  tree(environmentId: string, projectId: string): string;
  /** Parent of the folders of packages of an environment; sandboxes see it and cannot write it. */
  packages(environmentId: string): string;
}

/** Makes the folders of a home. Paths are canonical: sandboxes refuse to show a path with a symbolic link in it. */
export function createLayout(home: string): Layout {
  const made = (...parts: string[]) => {
    const path = join(home, ...parts);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return realpathSync(path);
  };
  const repositories = made('repositories');
  const environments = made('environments');
  const trees = (environmentId: string) => join(environments, environmentId, 'trees');
  return {
    repositories,
    environments,
    screenshots: made('screenshots'),
    templates: made('templates'),
    staging: made('staging'),
    trash: made('trash'),
    repository: (projectId) => join(repositories, `${projectId}.git`),
    trees,
    tree: (environmentId, projectId) => join(trees(environmentId), projectId),
    packages: (environmentId) => join(environments, environmentId, 'packages'),
  };
}
