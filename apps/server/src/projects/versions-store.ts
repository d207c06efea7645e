import type { VersionSettings } from '@talkide/contracts';
import { sql } from 'kysely';
import type { ProjectVersionRow, Tx } from '../platform/db/index.ts';
import type { FileChange } from './git/parse.ts';

export type { ProjectVersionRow } from '../platform/db/index.ts';

const viewQuery = (tx: Tx) =>
  tx
    .selectFrom('project_version')
    .leftJoin('project_version as origin', (join) =>
      join
        .onRef('origin.id', '=', 'project_version.restored_from_version_id')
        .onRef('origin.tenant_id', '=', 'project_version.tenant_id'),
    )
    .leftJoin('turn', (join) =>
      join.onRef('turn.id', '=', 'project_version.turn_id').onRef('turn.tenant_id', '=', 'project_version.tenant_id'),
    )
    .leftJoin('checkpoint', (join) =>
      join
        .onRef('checkpoint.id', '=', 'project_version.checkpoint_id')
        .onRef('checkpoint.tenant_id', '=', 'project_version.tenant_id'),
    )
    .select([
      'project_version.id',
      'project_version.project_id',
      'project_version.version_number',
      'project_version.description',
      'project_version.status',
      'project_version.source',
      'project_version.commit_sha',
      'project_version.turn_id',
      'turn.conversation_id',
      'project_version.created_at',
      'project_version.applied_at',
      'origin.version_number as restored_from',
      'project_version.data_status',
      'project_version.settings',
      'checkpoint.status as checkpoint_status',
      'checkpoint.bytes as checkpoint_bytes',
      'checkpoint.created_at as checkpoint_at',
      sql<number>`jsonb_array_length(project_version.files_changed)`.as('files_count'),
      sql<boolean>`not exists (
        select from project_version later
        where later.project_id = project_version.project_id and later.tenant_id = project_version.tenant_id
          and later.version_number > project_version.version_number)`.as('current'),
      sql<boolean>`exists (
        select from release
        where release.version_id = project_version.id and release.tenant_id = project_version.tenant_id
          and release.kind = 'PUBLISHED' and release.status = 'ACTIVE')`.as('published'),
    ]);

export type VersionViewRow = Awaited<ReturnType<ReturnType<typeof viewQuery>['executeTakeFirstOrThrow']>>;

export async function readVersionViews(tx: Tx, tenantId: string, ids: readonly string[]): Promise<VersionViewRow[]> {
  if (ids.length === 0) return [];
  return viewQuery(tx)
    .where('project_version.tenant_id', '=', tenantId)
    .where('project_version.id', 'in', ids)
    .orderBy('project_version.version_number')
    .execute();
}

/** Versions of a project, newest first, below a number. */
export async function listVersionViews(
  tx: Tx,
  tenantId: string,
  projectId: string,
  page: { below: number | null; limit: number },
): Promise<VersionViewRow[]> {
  const { below } = page;
  return viewQuery(tx)
    .where('project_version.tenant_id', '=', tenantId)
    .where('project_version.project_id', '=', projectId)
    .$if(below !== null, (query) => query.where('project_version.version_number', '<', below))
    .orderBy('project_version.version_number', 'desc')
    .limit(page.limit)
    .execute();
}

/** A version by its number; the newest one without a number. */
export async function findVersion(
  tx: Tx,
  tenantId: string,
  projectId: string,
  number?: number,
): Promise<ProjectVersionRow | null> {
  const query = tx
    .selectFrom('project_version')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .$if(number !== undefined, (numbered) => numbered.where('version_number', '=', number ?? 0))
    .orderBy('version_number', 'desc')
    .limit(1);
  return (await query.executeTakeFirst()) ?? null;
}

export interface NewVersion {
  tenantId: string;
  projectId: string;
  number: number;
  commit: string;
  tree: string;
  description: string;
  source: ProjectVersionRow['source'];
  turnId: string | null;
  restoredFromId: string | null;
  /** Of the checkpoint whose data comes back with it. */
  dataCheckpointId: string | null;
  settings: VersionSettings;
  files: readonly FileChange[];
}

export async function insertVersion(tx: Tx, version: NewVersion): Promise<ProjectVersionRow> {
  return tx
    .insertInto('project_version')
    .values({
      tenant_id: version.tenantId,
      project_id: version.projectId,
      version_number: version.number,
      commit_sha: version.commit,
      tree_sha: version.tree,
      description: version.description,
      source: version.source,
      turn_id: version.turnId,
      restored_from_version_id: version.restoredFromId,
      data_checkpoint_id: version.dataCheckpointId,
      data_status: version.dataCheckpointId === null ? null : 'PENDING',
      settings: JSON.stringify(version.settings),
      files_changed: JSON.stringify(version.files),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Versions between the one that was restored and the new one; returns those that changed. */
export async function rollBackAbove(
  tx: Tx,
  tenantId: string,
  projectId: string,
  restored: number,
  added: number,
): Promise<string[]> {
  const rows = await tx
    .updateTable('project_version')
    .set({ status: 'ROLLED_BACK' })
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('version_number', '>', restored)
    .where('version_number', '<', added)
    .where('status', 'in', ['DRAFT', 'APPLYING', 'APPLIED'])
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** A turn of the tenant with the first version it made, if it made one. */
export async function findTurn(
  tx: Tx,
  tenantId: string,
  turnId: string,
): Promise<{ project_id: string; version_number: number | null } | null> {
  const row = await tx
    .selectFrom('turn')
    .leftJoin('project_version', (join) =>
      join.onRef('project_version.turn_id', '=', 'turn.id').onRef('project_version.tenant_id', '=', 'turn.tenant_id'),
    )
    .select(['turn.project_id', (of) => of.fn.min('project_version.version_number').as('version_number')])
    .where('turn.tenant_id', '=', tenantId)
    .where('turn.id', '=', turnId)
    .groupBy('turn.project_id')
    .executeTakeFirst();
  return row ?? null;
}

/** The checkpoint of a version when its data can be brought back. */
export async function keptCheckpoint(tx: Tx, version: ProjectVersionRow): Promise<string | null> {
  if (version.checkpoint_id === null) return null;
  const row = await tx
    .selectFrom('checkpoint')
    .select('id')
    .where('tenant_id', '=', version.tenant_id)
    .where('project_id', '=', version.project_id)
    .where('id', '=', version.checkpoint_id)
    .where('status', '=', 'KEPT')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Names of the variables that a project has now; values stay sealed where they are. */
export async function variableNames(
  tx: Tx,
  tenantId: string,
  projectId: string,
): Promise<VersionSettings['variables']> {
  const rows = await tx
    .selectFrom('project_variable')
    .select(['kind', 'name'])
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .orderBy('name')
    .execute();
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.name);
  return { PREVIEW: of('PREVIEW'), PUBLISHED: of('PUBLISHED') };
}

/** Lets go of data that was to come back with versions that did not build: whoever goes elsewhere does not want it any more. */
export async function dropUnbuiltData(tx: Tx, tenantId: string, projectId: string): Promise<void> {
  await tx
    .updateTable('project_version')
    .set({ data_status: 'FAILED' })
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('data_status', '=', 'PENDING')
    .where('status', '=', 'FAILED')
    .execute();
}
