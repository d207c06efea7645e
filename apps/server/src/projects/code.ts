import type { Tx } from '../platform/db/index.ts';
import type { Context } from './context.ts';
import {
  type Author,
  type Committed,
  checkout,
  cleanTo,
  commitAll,
  giveOut,
  PLATFORM,
  type Place,
  restoreTo,
  snapshot,
  standsAt,
} from './git/repository.ts';
import type { ProjectRow } from './store.ts';
import { findVersion } from './versions-store.ts';

/** What the code operations need of a project row. */
export type CodeProject = Pick<ProjectRow, 'id' | 'tenant_id' | 'environment_id' | 'stack_id'>;

/** Where the project's code stands now: its folders, ready for git, and the commit of its newest version. */
export async function whereabouts(
  context: Context,
  tx: Tx,
  project: CodeProject,
): Promise<{ place: Place; head: string }> {
  const version = await findVersion(tx, project.tenant_id, project.id);
  if (!version) throw new Error(`project ${project.id} has no version`);
  const environmentId = await environmentOf(context, tx, project);
  const stack = context.stacks.find(project.stack_id);
  if (!stack) throw new Error(`project ${project.id} is built on ${project.stack_id}, which is not here`);
  const folders = context.places.folders({ id: project.id, environmentId });
  const modules = { shared: context.modules.shared(stack), own: context.modules.own(project, folders) };
  return { place: await context.places.open(folders, modules), head: version.commit_sha };
}

/** Where the packages of a project's own are. */
export function packagesDir(context: Context, project: CodeProject): Promise<string> {
  return context.db.tenant(project.tenant_id, async (tx) => {
    const environmentId = await environmentOf(context, tx, project);
    return context.places.folders({ id: project.id, environmentId }).packages;
  });
}

export async function environmentOf(context: Context, tx: Tx, project: CodeProject): Promise<string> {
  return project.environment_id ?? (await context.defaultEnvironment(tx, project.tenant_id)).id;
}

const readWhereabouts = (context: Context, project: CodeProject) =>
  context.db.tenant(project.tenant_id, (tx) => whereabouts(context, tx, project));

/**
 * Commits what the tree holds on top of the newest version; null when that is what the version holds. The commit counts
 * once a version names it: what is committed and never becomes a version is committed again next time.
 */
export async function commitTree(
  context: Context,
  project: CodeProject,
  change: { message: string; author: string },
): Promise<Committed | null> {
  const { place, head } = await readWhereabouts(context, project);
  const author = { name: change.author, email: PLATFORM.GIT_AUTHOR_EMAIL };
  return commitAll(context.git, place, { parent: head, message: change.message, author });
}

/** Keeps what the tree holds now, for `checkoutCommit`; the name of its git tree. Makes no version. */
export async function snapshotTree(context: Context, project: CodeProject): Promise<string> {
  const { place } = await readWhereabouts(context, project);
  return snapshot(context.git, place);
}

/** Brings the tree back to the newest version. With `keepAs`, what it held stays as `refs/attempts/<keepAs>`. */
export async function cleanTree(context: Context, project: CodeProject, keepAs: string | null): Promise<void> {
  const { place, head } = await readWhereabouts(context, project);
  await cleanTo(context.git, place, head, keepAs);
}

/**
 * Gives the tree to a turn: as the newest version, whatever was cut off in it before (a turn, an edit whose version was
 * never made).
 */
export async function readyTree(context: Context, project: CodeProject): Promise<void> {
  const { place, head } = await readWhereabouts(context, project);
  if (!(await standsAt(place, head))) await cleanTo(context.git, place, head, null);
  await giveOut(place);
}

/** Commits the files of an older commit on top of the newest version and lays them into the tree. */
export async function restoreCommit(
  context: Context,
  tx: Tx,
  project: CodeProject,
  change: { target: string; message: string; author: Author },
): Promise<Committed> {
  const { place, head } = await whereabouts(context, tx, project);
  return restoreTo(context.git, place, { parent: head, ...change });
}

/** Lays the files of a commit, or of a snapshot, into an empty folder: the source of a build, without node_modules. */
export async function checkoutCommit(
  context: Context,
  project: { id: string },
  commit: string,
  targetDir: string,
): Promise<void> {
  const { repository } = context.places.folders({ id: project.id, environmentId: '' });
  await checkout(context.git, repository, commit, targetDir);
}
