import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git/git.ts';
import type { Place } from './git/repository.ts';
import { eraseScript } from './git/scripts.ts';
import type { Layout } from './layout.ts';
import { copyFolder } from './stacks/copy.ts';
import type { Template } from './stacks/template.ts';

/** The folders of one project. */
export interface Folders {
  repository: string;
  tree: string;
  /** Packages of its own by the lockfile that names them. */
  packages: string;
}

export interface Places {
  folders(project: { id: string; environmentId: string }): Folders;
  /** Throws where the code of another database's project stands: nothing of it gives way. */
  requireFree(folders: Folders): void;
  /** Copies a template to where the project stands. */
  lay(folders: Folders, template: Template): Promise<void>;
  /** The project's folders with a real folder for its tree: an agent may have removed or replaced it. */
  open(folders: Folders, modules: Place['modules']): Promise<Place>;
  /** Takes the folders out of sight at once; they are erased after that, at the next start if not now. */
  discard(folders: Folders): Promise<void>;
  /** Throws away what belongs to no project, and what an earlier discard left, unless it is newer. */
  sweep(isProject: (projectId: string) => boolean, olderThanMs?: number): Promise<void>;
}

/**
 * Everything here that touches a tree does it by its name in a folder that no agent can replace, and leaves what is
 * below it to sandboxes: an agent may swap anything below for a link at any moment.
 */
export function createPlaces(layout: Layout, git: Git): Places {
  const moveAway = async (path: string): Promise<string | null> => {
    const target = join(layout.trash, randomUUID());
    return rename(path, target).then(
      () => target,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      },
    );
  };
  /** Never rejects: what stays is erased at the next start. */
  const erase = async (path: string): Promise<void> => {
    try {
      if (!(await lstat(path)).isDirectory()) return await unlink(path);
      await git.run({ script: eraseScript, args: [], tree: { dir: path, mode: 'rw' }, seconds: 120 });
      await rmdir(path);
    } catch {
      // Another start sweeps it.
    }
  };
  const discard = async (paths: string[]): Promise<void> => {
    const moved = await Promise.all(paths.map(moveAway));
    void Promise.all(moved.filter((path) => path !== null).map(erase));
  };

  return {
    requireFree: ({ repository }) => {
      if (existsSync(repository)) throw new Error(`${repository} is of a project of another database`);
    },
    folders: ({ id, environmentId }) => ({
      repository: layout.repository(id),
      tree: layout.tree(environmentId, id),
      packages: join(layout.packages(environmentId), id),
    }),

    async lay(folders, template) {
      const draft = join(layout.staging, randomUUID());
      await mkdir(draft);
      const [repository, tree] = [join(draft, 'repository.git'), join(draft, 'tree')];
      await Promise.all([
        copyFolder(template.repositoryDir, repository),
        copyFolder(template.treeDir, tree),
        mkdir(join(folders.tree, '..'), { recursive: true, mode: 0o700 }),
        // Agents can guess the next id: what they put there gives way.
        discard([folders.tree]),
      ]);
      await rename(repository, folders.repository);
      await rename(tree, folders.tree);
      await rm(draft, { recursive: true });
    },

    async open(folders, modules) {
      const found = await lstat(folders.tree).catch(() => null);
      if (found && !found.isDirectory()) await moveAway(folders.tree);
      if (!found?.isDirectory()) await mkdir(folders.tree, { recursive: true, mode: 0o700 });
      return { ...folders, modules };
    },

    discard: (folders) => discard([folders.repository, folders.tree, folders.packages]),

    async sweep(isProject, olderThanMs = 0) {
      const before = Date.now() - olderThanMs;
      const orphans = await olderThan(before, await orphanedPaths(layout, isProject));
      const left = (await readdir(layout.trash)).map((name) => join(layout.trash, name));
      const drafts = (await readdir(layout.staging)).map((name) => join(layout.staging, name));
      await Promise.all([discard(orphans), ...(await olderThan(before, [...left, ...drafts])).map(erase)]);
    },
  };
}

/** Those that were made, renamed or changed before. */
async function olderThan(before: number, paths: readonly string[]): Promise<string[]> {
  const times = await Promise.all(
    paths.map((path) =>
      lstat(path).then(
        ({ ctimeMs }) => ctimeMs,
        () => Number.POSITIVE_INFINITY,
      ),
    ),
  );
  return paths.filter((_path, i) => (times[i] ?? 0) <= before);
}

async function orphanedPaths(layout: Layout, isProject: (projectId: string) => boolean): Promise<string[]> {
  const repositories = (await readdir(layout.repositories))
    .filter((name) => !isProject(name.replace(/\.git$/, '')))
    .map((name) => join(layout.repositories, name));
  const parents = (await readdir(layout.environments)).flatMap((id) => [layout.trees(id), layout.packages(id)]);
  const others = await Promise.all(
    parents.map(async (parent) => {
      const names = await readdir(parent).catch(() => []);
      return names.filter((name) => !isProject(name)).map((name) => join(parent, name));
    }),
  );
  return [...repositories, ...others.flat()];
}
