import type { Tx } from '../platform/db/index.ts';
import { isStarting, lockProject, serving } from './releases.ts';

/**
 * Locks the project against another publish at the same moment; true when one is under way. One whose process died is
 * forgotten after a while.
 */
export async function lockToPublish(tx: Tx, projectId: string): Promise<boolean> {
  await lockProject(tx, projectId);
  return isStarting(tx, projectId, 'PUBLISHED');
}

/** The previewed artefact, or that of a version; null when there is none. */
export async function artefactToPublish(
  tx: Tx,
  projectId: string,
  versionNumber?: number,
): Promise<{ versionId: string; artefactDigest: string } | null> {
  return versionNumber === undefined ? previewed(tx, projectId) : builtVersion(tx, projectId, versionNumber);
}

async function previewed(tx: Tx, projectId: string) {
  const row = await serving(tx, projectId, 'PREVIEW');
  return row ? { versionId: row.version_id, artefactDigest: row.artefact_digest } : null;
}

async function builtVersion(tx: Tx, projectId: string, versionNumber: number) {
  const row = await tx
    .selectFrom('build')
    .innerJoin('project_version', 'project_version.id', 'build.version_id')
    .select(['project_version.id as version_id', 'build.artefact_digest'])
    .where('build.project_id', '=', projectId)
    .where('build.status', '=', 'SUCCESS')
    .where('build.artefact_digest', 'is not', null)
    .where('project_version.version_number', '=', versionNumber)
    .orderBy('build.id', 'desc')
    .executeTakeFirst();
  return row?.artefact_digest ? { versionId: row.version_id, artefactDigest: row.artefact_digest } : null;
}

/** The commit that a release's artefact was built from. */
export async function commitOf(tx: Tx, versionId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('project_version')
    .select('commit_sha')
    .where('id', '=', versionId)
    .executeTakeFirst();
  return row?.commit_sha ?? null;
}

export async function numberOf(tx: Tx, versionId: string): Promise<number> {
  const row = await tx
    .selectFrom('project_version')
    .select('version_number')
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow();
  return row.version_number;
}
