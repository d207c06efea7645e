import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

export interface UnavailableSlugs {
  taken: ReadonlySet<string>;
  reserved: ReadonlySet<string>;
}

/**
 * Which of the labels are taken, by whatever tenant, or reserved. What `forProject` had before is free for it. Needs the
 * system scope.
 */
export async function findUnavailable(
  tx: Tx,
  slugs: readonly string[],
  forProject: string | null = null,
): Promise<UnavailableSlugs> {
  const { rows } = await sql<{ slug: string; reserved: boolean }>`
    select slug, false as reserved from project where slug = any(${slugs})
    union all
    select slug, false from slug_redirect
    where slug = any(${slugs}) and reserved_until > now() and project_id is distinct from ${forProject}::bigint
    union all
    select name, true from reserved_subdomain where name = any(${slugs})`.execute(tx);
  const of = (reserved: boolean) => new Set(rows.filter((row) => row.reserved === reserved).map((row) => row.slug));
  return { taken: of(false), reserved: of(true) };
}

/** An old address leads to its project, and is nobody else's, for this long. */
export const RESERVED_DAYS = 90;

/** Remembers the address that a project gives up, and forgets that it ever gave up its new one. */
export async function rememberSlug(
  tx: Tx,
  project: { id: string; tenant_id: string },
  { before, after }: { before: string; after: string },
): Promise<void> {
  await tx
    .deleteFrom('slug_redirect')
    .where('tenant_id', '=', project.tenant_id)
    .where('project_id', '=', project.id)
    .where('slug', '=', after)
    .execute();
  await sql`
    insert into slug_redirect (slug, tenant_id, project_id, reserved_until)
    values (${before}, ${project.tenant_id}, ${project.id}, now() + make_interval(days => ${RESERVED_DAYS}))
    on conflict (slug) do update
      set tenant_id = excluded.tenant_id, project_id = excluded.project_id, reserved_until = excluded.reserved_until`.execute(
    tx,
  );
}
