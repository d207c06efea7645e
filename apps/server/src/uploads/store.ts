import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

/** Whose files: the preview's, the published application's, or those of one look. They are apart. */
export type UploadKind = 'PREVIEW' | 'PUBLISHED' | 'LOOK';

export interface UploadOwner {
  tenantId: string;
  projectId: string;
  kind: UploadKind;
}

export interface UploadRow {
  name: string;
  object_key: string;
  bytes: string;
  type: string;
  created_at: Date;
}

const columns = ['name', 'object_key', 'bytes', 'type', 'created_at'] as const;
const of = (tx: Tx, { tenantId, projectId, kind }: UploadOwner) =>
  tx
    .selectFrom('upload')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('kind', '=', kind);

export const findUpload = (tx: Tx, owner: UploadOwner, name: string): Promise<UploadRow | undefined> =>
  of(tx, owner).where('name', '=', name).executeTakeFirst();

export const listUploads = (
  tx: Tx,
  owner: UploadOwner,
  { prefix, after, limit }: { prefix: string; after: string | undefined; limit: number },
): Promise<UploadRow[]> =>
  of(tx, owner)
    .where((where) => sql<boolean>`starts_with(${where.ref('name')}, ${prefix})`)
    .$if(after !== undefined, (query) => query.where('name', '>', after ?? ''))
    .orderBy('name')
    .limit(limit)
    .execute();

/** What the files of a project take, of all kinds, but for one that is about to be replaced. */
export async function usedBytes(
  tx: Tx,
  { tenantId, projectId, kind }: UploadOwner,
  but = '',
): Promise<{ bytes: number; files: number }> {
  const { rows } = await sql<{ bytes: string; files: string }>`
    select coalesce(sum(bytes), 0) as bytes, count(*) as files
      from upload
     where tenant_id = ${tenantId} and project_id = ${projectId} and not (kind = ${kind} and name = ${but})`.execute(
    tx,
  );
  return { bytes: Number(rows[0]?.bytes ?? 0), files: Number(rows[0]?.files ?? 0) };
}

/** One file after the other is added to a project: the room that is left is counted for one at a time. */
export async function lockUploads(tx: Tx, { projectId }: UploadOwner): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`upload ${projectId}`}, 0))`.execute(tx);
}

/** Names an object as the file; the key of the one before it, which nothing speaks of any more. */
export async function putUpload(
  tx: Tx,
  { tenantId, projectId, kind }: UploadOwner,
  file: { name: string; key: string; bytes: number; type: string },
): Promise<string | null> {
  const { rows } = await sql<{ before: string | null }>`
    with old as (
      select object_key from upload
       where tenant_id = ${tenantId} and project_id = ${projectId} and kind = ${kind} and name = ${file.name}
    )
    insert into upload (tenant_id, project_id, kind, name, object_key, bytes, type)
    values (${tenantId}, ${projectId}, ${kind}, ${file.name}, ${file.key}, ${file.bytes}, ${file.type})
        on conflict (tenant_id, project_id, kind, name) do update
       set object_key = excluded.object_key, bytes = excluded.bytes, type = excluded.type, created_at = now()
 returning (select object_key from old) as before`.execute(tx);
  return rows[0]?.before ?? null;
}

/** The keys of what was forgotten: one file, or all of a kind. */
export async function removeUploads(
  tx: Tx,
  { tenantId, projectId, kind }: UploadOwner,
  name?: string,
): Promise<string[]> {
  const removed = await tx
    .deleteFrom('upload')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .returning('object_key')
    .execute();
  return removed.map((row) => row.object_key);
}

/** The keys of all files of a project, whatever their kind. */
export async function allKeys(tx: Tx, { tenantId, projectId }: Omit<UploadOwner, 'kind'>): Promise<string[]> {
  const rows = await tx
    .selectFrom('upload')
    .select('object_key')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .execute();
  return rows.map((row) => row.object_key);
}

/** Which of these keys a file has. */
export async function knownKeys(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await tx
    .selectFrom('upload')
    .select('object_key')
    .where('object_key', 'in', [...keys])
    .execute();
  return new Set(rows.map((row) => row.object_key));
}

/** What the keys of a project's objects begin with: the person who owns the tenant, and the application's first slug. */
export async function prefixOf(tx: Tx, projectId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('project')
    .innerJoin('tenant', 'tenant.id', 'project.tenant_id')
    .select(['tenant.owner_id', 'project.data_slug'])
    .where('project.id', '=', projectId)
    .executeTakeFirst();
  return row ? `apps/user_${row.owner_id}/app_${row.data_slug}/uploads` : null;
}
