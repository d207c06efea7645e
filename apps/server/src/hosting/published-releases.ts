import type { PublishedRelease } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

/** Published releases of a project whose artefacts are kept, so that it can go back to them at once. */
export const KEPT_PUBLISHED = 5;

interface Owner {
  tenantId: string;
  projectId: string;
}

/** The last releases that served, each artefact once, newest first. When and by whom is of a person's deed, not of a restart. */
export async function readPublished(tx: Tx, { tenantId, projectId }: Owner): Promise<PublishedRelease[]> {
  const { rows } = await sql<{
    id: string;
    version_number: number;
    description: string;
    artefact_digest: string;
    activated_at: Date;
    cause: 'DEPLOY' | 'ROLLBACK';
    published_by: string | null;
    serves: boolean;
  }>`
    select last.id, version.version_number, version.description, last.artefact_digest, last.activated_at, last.cause,
           users.name as published_by,
           exists (
             select from release
             where project_id = last.project_id and kind = 'PUBLISHED' and status = 'ACTIVE'
               and version_id = last.version_id and artefact_digest = last.artefact_digest
           ) as serves
    from (
      select distinct on (version_id, artefact_digest) *
      from release
      where tenant_id = ${tenantId} and project_id = ${projectId} and kind = 'PUBLISHED'
        and activated_at is not null and cause <> 'RESTART'
      order by version_id, artefact_digest, id desc
    ) as last
    join project_version as version on version.id = last.version_id
    left join users on users.id = last.published_by
    order by last.id desc
    limit ${KEPT_PUBLISHED}`.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    versionNumber: row.version_number,
    description: row.description,
    artefactDigest: row.artefact_digest,
    publishedAt: row.activated_at.toISOString(),
    publishedBy: row.published_by,
    cause: row.cause,
    serves: row.serves,
  }));
}

/** A release that has served at the public address; null when there is no such one of this project. */
export async function publishedRelease(tx: Tx, { tenantId, projectId }: Owner, releaseId: string) {
  const row = await tx
    .selectFrom('release')
    .select(['version_id', 'artefact_digest'])
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('id', '=', releaseId)
    .where('kind', '=', 'PUBLISHED')
    .where('activated_at', 'is not', null)
    .executeTakeFirst();
  if (!row) return null;
  const serving = await tx
    .selectFrom('release')
    .select('id')
    .where('project_id', '=', projectId)
    .where('kind', '=', 'PUBLISHED')
    .where('status', '=', 'ACTIVE')
    .where('version_id', '=', row.version_id)
    .where('artefact_digest', '=', row.artefact_digest)
    .executeTakeFirst();
  return { versionId: row.version_id, artefactDigest: row.artefact_digest, serves: serving !== undefined };
}
