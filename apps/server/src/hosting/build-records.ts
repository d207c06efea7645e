import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { ClaimedBuild } from './build-queue.ts';
import type { ProjectsPort } from './ports.ts';
import { readBuild } from './views.ts';

const scopeOf = (build: ClaimedBuild) => ({ tenantId: build.tenant_id, projectId: build.project_id });

/** Tells the feed how a build looks now. */
export async function announceBuild(tx: Tx, build: ClaimedBuild): Promise<void> {
  const view = await readBuild(tx, build.tenant_id, build.id);
  if (view) await appendEvent(tx, scopeOf(build), { type: 'build.updated', build: view });
}

/** Tells the feed how the version of a build looks now. */
export async function announceVersion(tx: Tx, projects: ProjectsPort, build: ClaimedBuild): Promise<void> {
  const version = build.version_id ? await projects.versionView(tx, build.tenant_id, build.version_id) : null;
  if (version) await appendEvent(tx, scopeOf(build), { type: 'version.updated', version });
}

/** Marks the version of a build as being applied; undefined when it is gone or applied already. */
export async function startVersion(tx: Tx, build: ClaimedBuild): Promise<{ tree_sha: string } | undefined> {
  return tx
    .updateTable('project_version')
    .set({ status: 'APPLYING' })
    .where('id', '=', build.version_id)
    .where('status', 'in', ['DRAFT', 'APPLYING', 'FAILED'])
    .returning('tree_sha')
    .executeTakeFirst();
}

/** The end of a version that is being applied; one that was applied stays so. */
export async function setVersionStatus(
  tx: Tx,
  projects: ProjectsPort,
  build: ClaimedBuild,
  status: 'APPLIED' | 'DRAFT' | 'FAILED',
): Promise<void> {
  await tx
    .updateTable('project_version')
    .set({ status, ...(status === 'APPLIED' ? { applied_at: sql<Date>`now()` } : {}) })
    .where('id', '=', build.version_id)
    .where('status', '=', 'APPLYING')
    .execute();
  await announceVersion(tx, projects, build);
}
