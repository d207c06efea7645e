import type { Build, Release } from '@talkide/contracts';
import type { Tx } from '../platform/db/index.ts';

const TAIL_CHARACTERS = 16_000;

const buildQuery = (tx: Tx) =>
  tx
    .selectFrom('build')
    .innerJoin('project_version', 'project_version.id', 'build.version_id')
    .selectAll('build')
    .select('project_version.version_number');

type BuildRow = Awaited<ReturnType<ReturnType<typeof buildQuery>['executeTakeFirstOrThrow']>>;

export function toBuild(row: BuildRow): Build {
  return {
    id: row.id,
    projectId: row.project_id,
    versionId: row.version_id ?? '',
    versionNumber: row.version_number,
    kind: row.kind,
    status: row.status,
    outputTail: (row.output_log ?? '').slice(-TAIL_CHARACTERS),
    exitCode: row.exit_code,
    artefactDigest: row.artefact_digest,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export async function readBuild(tx: Tx, tenantId: string, id: string): Promise<Build | null> {
  const row = await buildQuery(tx)
    .where('build.tenant_id', '=', tenantId)
    .where('build.id', '=', id)
    .executeTakeFirst();
  return row ? toBuild(row) : null;
}

/** Builds of a project, newest first, at most `limit`, below an id. */
export async function readBuilds(
  tx: Tx,
  tenantId: string,
  projectId: string,
  limit: number,
  below?: string,
): Promise<Build[]> {
  let query = buildQuery(tx)
    .where('build.tenant_id', '=', tenantId)
    .where('build.project_id', '=', projectId)
    .orderBy('build.id', 'desc')
    .limit(limit);
  if (below) query = query.where('build.id', '<', below);
  return (await query.execute()).map(toBuild);
}

const releaseQuery = (tx: Tx) =>
  tx
    .selectFrom('release')
    .innerJoin('project_version', 'project_version.id', 'release.version_id')
    .selectAll('release')
    .select('project_version.version_number');

type ReleaseRow = Awaited<ReturnType<ReturnType<typeof releaseQuery>['executeTakeFirstOrThrow']>>;

export function toRelease(row: ReleaseRow): Release {
  return {
    id: row.id,
    projectId: row.project_id,
    kind: row.kind,
    versionNumber: row.version_number,
    status: row.status,
    artefactDigest: row.artefact_digest,
    error: row.error,
    createdAt: row.created_at.toISOString(),
    activatedAt: row.activated_at?.toISOString() ?? null,
  };
}

export async function readRelease(tx: Tx, tenantId: string, id: string): Promise<Release | null> {
  const row = await releaseQuery(tx)
    .where('release.tenant_id', '=', tenantId)
    .where('release.id', '=', id)
    .executeTakeFirst();
  return row ? toRelease(row) : null;
}

/** Releases of a project, newest first, at most `limit`, below an id. */
export async function readReleases(
  tx: Tx,
  tenantId: string,
  projectId: string,
  limit: number,
  below?: string,
): Promise<Release[]> {
  let query = releaseQuery(tx)
    .where('release.tenant_id', '=', tenantId)
    .where('release.project_id', '=', projectId)
    .orderBy('release.id', 'desc')
    .limit(limit);
  if (below) query = query.where('release.id', '<', below);
  return (await query.execute()).map(toRelease);
}
