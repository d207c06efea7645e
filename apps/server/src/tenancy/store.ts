import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

/** Whether a slug is kept for the platform's own addresses. */
export async function isReserved(tx: Tx, slug: string): Promise<boolean> {
  const row = await tx.selectFrom('reserved_subdomain').select('name').where('name', '=', slug).executeTakeFirst();
  return row !== undefined;
}

/** Inserts a tenant; null when its slug is taken. */
export async function insertTenant(tx: Tx, tenant: { name: string; slug: string; ownerId: string }) {
  const row = await tx
    .insertInto('tenant')
    .values({ name: tenant.name, slug: tenant.slug, owner_id: tenant.ownerId })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning(['id', 'name', 'slug'])
    .executeTakeFirst();
  return row ?? null;
}

export interface DefaultEnvironment {
  id: string;
  slug: string;
  status: 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONING';
}

export async function findDefaultEnvironment(tx: Tx, tenantId: string): Promise<DefaultEnvironment | undefined> {
  return tx
    .selectFrom('environment')
    .select(['id', 'slug', 'status'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'DEFAULT')
    .executeTakeFirst();
}

/** Makes the DEFAULT environment; undefined when somebody else has just made it or the tenant is out of sight. */
export async function insertDefaultEnvironment(tx: Tx, tenantId: string): Promise<DefaultEnvironment | undefined> {
  const inserted = await sql<DefaultEnvironment>`
    insert into environment (tenant_id, kind, name, slug, deletable, namespace_ref)
    select id, 'DEFAULT', 'TalkIDE', 'talkide', false, 'tenant-' || slug
    from tenant where id = ${tenantId}
    on conflict do nothing
    returning id, slug, status`.execute(tx);
  return inserted.rows[0];
}
