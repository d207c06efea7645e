import { sql } from 'kysely';
import type { TurnRow, Tx } from '../../platform/db/index.ts';

/** Fingerprints of the repairs since the person last spoke, newest first. */
export async function repairsInARow(tx: Tx, tenantId: string, projectId: string): Promise<(string | null)[]> {
  const { rows } = await sql<{ fingerprint: string | null }>`
    select m.payload_json #>> '{repair,fingerprint}' as fingerprint
      from turn t
      join message m on m.tenant_id = t.tenant_id and m.id = t.message_id
     where t.tenant_id = ${tenantId} and t.project_id = ${projectId} and t.kind = 'REPAIR'
       and t.id > coalesce((select max(u.id) from turn u
                             where u.tenant_id = ${tenantId} and u.project_id = ${projectId} and u.kind = 'USER'), 0)
     order by t.id desc
     limit 20`.execute(tx);
  return rows.map((row) => row.fingerprint);
}

/** The turns of those repairs, oldest first. */
export async function repairTurnsInARow(tx: Tx, tenantId: string, projectId: string): Promise<TurnRow[]> {
  const turns = tx.selectFrom('turn').where('tenant_id', '=', tenantId).where('project_id', '=', projectId);
  return turns
    .selectAll()
    .where('kind', '=', 'REPAIR')
    .where('id', '>', (eb) =>
      eb.fn.coalesce(
        turns.where('kind', '=', 'USER').select((user) => user.fn.max('id').as('id')),
        sql<string>`0`,
      ),
    )
    .orderBy('id')
    .execute();
}

/** Whether a repair of the project is queued and has not begun. */
export async function repairWaits(tx: Tx, tenantId: string, projectId: string): Promise<boolean> {
  const turn = await tx
    .selectFrom('turn')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('kind', '=', 'REPAIR')
    .where('status', '=', 'QUEUED')
    .executeTakeFirst();
  return turn !== undefined;
}

/** The last build of a project, if it failed. */
export async function latestFailure(
  tx: Tx,
  tenantId: string,
  projectId: string,
): Promise<{ versionNumber: number; logTail: string } | null> {
  const build = await tx
    .selectFrom('build')
    .innerJoin('project_version', (join) =>
      join
        .onRef('project_version.id', '=', 'build.version_id')
        .onRef('project_version.tenant_id', '=', 'build.tenant_id'),
    )
    .select(['build.status', 'build.output_log', 'project_version.version_number'])
    .where('build.tenant_id', '=', tenantId)
    .where('build.project_id', '=', projectId)
    .orderBy('build.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return build?.status === 'FAILED' ? { versionNumber: build.version_number, logTail: build.output_log ?? '' } : null;
}

export async function versionNumberOf(tx: Tx, tenantId: string, versionId: string): Promise<number | undefined> {
  const version = await tx
    .selectFrom('project_version')
    .select('version_number')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', versionId)
    .executeTakeFirst();
  return version?.version_number;
}
