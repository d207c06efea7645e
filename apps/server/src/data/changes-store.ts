import type { DataChange, DataKind } from '@talkide/contracts';
import type { Tx } from '../platform/db/index.ts';

/** What was done; never with which values. */
export interface Deed {
  command: string;
  table: string | null;
  rows: number | null;
}
export interface ChangedPlace {
  tenantId: string;
  projectId: string;
  kind: DataKind;
}
const NEWEST = 100;

export async function noteChange(tx: Tx, place: ChangedPlace, userId: string, deed: Deed): Promise<void> {
  await tx
    .insertInto('data_change')
    .values({
      ...{ tenant_id: place.tenantId, project_id: place.projectId, kind: place.kind, user_id: userId },
      ...{ command: deed.command, table_name: deed.table, rows: deed.rows === null ? null : String(deed.rows) },
    })
    .execute();
}

/** The newest first. */
export async function listChanges(tx: Tx, { tenantId, projectId, kind }: ChangedPlace): Promise<DataChange[]> {
  const rows = await tx
    .selectFrom('data_change')
    .leftJoin('users', 'users.id', 'data_change.user_id')
    .select(['data_change.id', 'command', 'table_name', 'rows', 'users.name as by', 'data_change.created_at'])
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .orderBy('data_change.id', 'desc')
    .limit(NEWEST)
    .execute();
  return rows.map(({ id, command, table_name, rows: count, by, created_at }) => ({
    ...{ id, command, table: table_name, by },
    rows: count === null ? null : Number(count),
    at: created_at.toISOString(),
  }));
}
