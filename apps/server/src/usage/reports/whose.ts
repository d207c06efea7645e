import { sql } from 'kysely';
import { DomainError } from '../../errors.ts';
import type { Tx } from '../../platform/db/index.ts';

/** Refuses a project that is not the tenant's; a deleted one is hers as long as something was spent on it. */
export async function requireProject(tx: Tx, tenantId: string, projectId: string): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from project where tenant_id = ${tenantId}::bigint and id = ${projectId}::bigint)
      or exists (
        select from usage_event where tenant_id = ${tenantId}::bigint and project_id = ${projectId}::bigint) as known
    `.execute(tx);
  if (!rows[0]?.known) throw new DomainError('not_found');
}

/** Refuses a turn that is not the tenant's; a deleted one is hers as long as something was spent on it. */
export async function requireTurn(tx: Tx, tenantId: string, turnId: string): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from turn where tenant_id = ${tenantId}::bigint and id = ${turnId}::bigint)
      or exists (
        select from usage_event where tenant_id = ${tenantId}::bigint and turn_id = ${turnId}::bigint) as known
    `.execute(tx);
  if (!rows[0]?.known) throw new DomainError('not_found');
}
