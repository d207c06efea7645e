import type { VariableKind } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

export interface Owner {
  tenantId: string;
  projectId: string;
}

export interface SealedVariable {
  name: string;
  kind: VariableKind;
  sealed: string;
}

/** Locks the project's variables until the transaction ends, so that two changes are counted one after the other. */
export const lockVariables = (tx: Tx, { projectId }: Owner) =>
  sql`select pg_advisory_xact_lock(hashtextextended('talkide_variables', ${projectId}::bigint))`.execute(tx);

export async function listVariables(tx: Tx, { tenantId, projectId }: Owner) {
  return tx
    .selectFrom('project_variable')
    .leftJoin('users', 'users.id', 'project_variable.updated_by')
    .select(['project_variable.name', 'kind', 'users.name as updated_by', 'project_variable.updated_at'])
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .orderBy('project_variable.name')
    .orderBy('kind')
    .execute();
}

export async function readSealed(
  tx: Tx,
  { tenantId, projectId }: Owner,
  kind: VariableKind,
): Promise<SealedVariable[]> {
  return tx
    .selectFrom('project_variable')
    .select(['name', 'kind', 'sealed'])
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .orderBy('name')
    .execute();
}

export async function putVariable(tx: Tx, owner: Owner, userId: string, variable: SealedVariable): Promise<void> {
  const { name, kind, sealed } = variable;
  await tx
    .insertInto('project_variable')
    .values({ tenant_id: owner.tenantId, project_id: owner.projectId, kind, name, sealed, updated_by: userId })
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'kind', 'name']).doUpdateSet({ sealed, updated_by: userId }),
    )
    .execute();
}

/** The kinds from which it was removed. */
export async function removeVariable(
  tx: Tx,
  { tenantId, projectId }: Owner,
  name: string,
  kind: VariableKind | undefined,
): Promise<VariableKind[]> {
  let query = tx
    .deleteFrom('project_variable')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('name', '=', name);
  if (kind) query = query.where('kind', '=', kind);
  const rows = await query.returning('kind').execute();
  return rows.map((row) => row.kind);
}

/** Every variable of the platform after an id, in batches. */
export async function sealedAfter(tx: Tx, id: string, limit: number) {
  return tx
    .selectFrom('project_variable')
    .select(['id', 'tenant_id', 'project_id', 'kind', 'name', 'sealed'])
    .where('id', '>', id)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Guarded: whoever set it meanwhile has sealed it anew already. */
export async function resealVariable(tx: Tx, id: string, before: string, sealed: string): Promise<boolean> {
  const row = await tx
    .updateTable('project_variable')
    .set({ sealed })
    .where('id', '=', id)
    .where('sealed', '=', before)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
