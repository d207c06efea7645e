import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { ProjectsPort } from './ports.ts';
import type { ReleaseRow } from './releases.ts';

/** The newest version when it was built, newer than what the preview serves, and did not start: a variable may have been what it missed. */
export async function unstarted(tx: Tx, projectId: string) {
  const row = await tx
    .selectFrom('release')
    .innerJoin('project_version', 'project_version.id', 'release.version_id')
    .select([
      'release.version_id',
      'release.artefact_digest',
      'release.status',
      'project_version.status as version_status',
    ])
    .where('release.project_id', '=', projectId)
    .where('release.kind', '=', 'PREVIEW')
    .where('release.status', 'in', ['ACTIVE', 'FAILED'])
    .orderBy('release.version_id', 'desc')
    .orderBy('release.id', 'desc')
    .executeTakeFirst();
  return row?.status === 'FAILED' && row.version_status === 'FAILED' ? row : undefined;
}

/** The version that a release is of works after all. */
export async function applyFailedVersion(tx: Tx, projects: ProjectsPort, release: ReleaseRow): Promise<void> {
  const row = await tx
    .updateTable('project_version')
    .set({ status: 'APPLIED', applied_at: sql<Date>`now()` })
    .where('id', '=', release.version_id)
    .where('status', '=', 'FAILED')
    .returning('id')
    .executeTakeFirst();
  if (!row) return;
  const version = await projects.versionView(tx, release.tenant_id, row.id);
  const scope = { tenantId: release.tenant_id, projectId: release.project_id };
  if (version) await appendEvent(tx, scope, { type: 'version.updated', version });
  await projects.announce(tx, release.project_id);
}
