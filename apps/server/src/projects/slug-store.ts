import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

export interface UnavailableSlugs {
  taken: ReadonlySet<string>;
  reserved: ReadonlySet<string>;
}

/** Which of the labels are taken, by whatever tenant, or reserved. Needs the system scope. */
export async function findUnavailable(tx: Tx, slugs: readonly string[]): Promise<UnavailableSlugs> {
  const { rows } = await sql<{ slug: string; reserved: boolean }>`
    select slug, false as reserved from project where slug = any(${slugs})
    union all
    select name, true from reserved_subdomain where name = any(${slugs})`.execute(tx);
  const of = (reserved: boolean) => new Set(rows.filter((row) => row.reserved === reserved).map((row) => row.slug));
  return { taken: of(false), reserved: of(true) };
}
