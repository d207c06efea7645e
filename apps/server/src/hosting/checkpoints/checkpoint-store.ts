import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';

export interface Owner {
  tenantId: string;
  projectId: string;
}

/** A version that brings the data of a checkpoint back, and has not done so yet. */
export interface DataToBringBack {
  versionId: string;
  number: number;
  /** Null when the dump is gone. */
  objectKey: string | null;
}

/** What has to happen to the preview's data before a version starts on it. */
export interface Due {
  bringBack: DataToBringBack | null;
  /** Of the version that is about to start. */
  number: number;
  /** Whether a version has yet to be told what its data was. */
  isKept: boolean;
  /** Its versions were previewed before: the first that the data belongs to, and the one after the last. */
  from: number;
  below: number;
}

/** Looks at a project before its version with this id starts in the preview. */
export async function readDue(tx: Tx, { projectId }: Owner, versionId: string): Promise<Due> {
  const { rows } = await sql<{ number: number; served: number | null }>`
    select version_number as number,
           (select served.version_number
              from release join project_version as served on served.id = release.version_id
             where release.project_id = ${projectId} and release.kind = 'PREVIEW' and release.activated_at is not null
             order by release.activated_at desc limit 1) as served
      from project_version where id = ${versionId} and project_id = ${projectId}`.execute(tx);
  const number = rows[0]?.number ?? 0;
  const from = rows[0]?.served ?? 1;
  const pending = await tx
    .selectFrom('project_version')
    .leftJoin('checkpoint', 'checkpoint.id', 'project_version.data_checkpoint_id')
    .select(['project_version.id', 'version_number', 'object_key'])
    .where('project_version.project_id', '=', projectId)
    .where('data_status', '=', 'PENDING')
    .where('version_number', '<=', number)
    .orderBy('version_number', 'desc')
    .executeTakeFirst();
  const bringBack = pending
    ? { versionId: pending.id, number: pending.version_number, objectKey: pending.object_key }
    : null;
  const below = bringBack?.number ?? number;
  const open = await tx
    .selectFrom('project_version')
    .select('id')
    .where('project_id', '=', projectId)
    .where('version_number', '>=', from)
    .where('version_number', '<', below)
    .where('checkpoint_id', 'is', null)
    .executeTakeFirst();
  return { bringBack, number, isKept: open === undefined, from, below };
}

export type Outcome =
  | { status: 'KEPT'; objectKey: string; bytes: number; fingerprint: string }
  | { status: 'TOO_LARGE' | 'FAILED' };

export async function findSame(tx: Tx, { projectId }: Owner, fingerprint: string): Promise<string | null> {
  const row = await tx
    .selectFrom('checkpoint')
    .select('id')
    .where('project_id', '=', projectId)
    .where('status', '=', 'KEPT')
    .where('fingerprint', '=', fingerprint)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function addCheckpoint(tx: Tx, { tenantId, projectId }: Owner, outcome: Outcome): Promise<string> {
  const kept = outcome.status === 'KEPT' ? outcome : null;
  const row = await tx
    .insertInto('checkpoint')
    .values({
      tenant_id: tenantId,
      project_id: projectId,
      status: outcome.status,
      object_key: kept?.objectKey ?? null,
      bytes: String(kept?.bytes ?? 0),
      fingerprint: kept?.fingerprint ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/**
 * Says what the data of versions was: of those that do not know yet, and with `last` of the newest of them in any case. The
 * versions that changed.
 */
export async function assign(
  tx: Tx,
  { projectId }: Owner,
  checkpointId: string,
  { from, below, last = false }: { from: number; below: number; last?: boolean },
): Promise<string[]> {
  const rows = await tx
    .updateTable('project_version')
    .set({ checkpoint_id: checkpointId })
    .where('project_id', '=', projectId)
    .where('version_number', '>=', from)
    .where('version_number', '<', below)
    .where((where) =>
      where.or([where('checkpoint_id', 'is', null), where('version_number', '=', last ? below - 1 : 0)]),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Ends the bringing back of a version, and of those below it that it overtook. When it was done, versions above it that were
 * never previewed had the same data.
 */
export async function endBringBack(
  tx: Tx,
  owner: Owner,
  { number, below }: { number: number; below: number },
  status: 'DONE' | 'FAILED',
): Promise<string[]> {
  const ended = await tx
    .updateTable('project_version')
    .set({ data_status: status })
    .where('project_id', '=', owner.projectId)
    .where('version_number', '<=', number)
    .where('data_status', '=', 'PENDING')
    .returning(['id', 'version_number', 'data_checkpoint_id'])
    .execute();
  const newest = ended.find((row) => row.version_number === number)?.data_checkpoint_id;
  const same = status === 'DONE' && newest ? await assign(tx, owner, newest, { from: number, below }) : [];
  return [...ended.map((row) => row.id), ...same];
}

export interface Bounds {
  /** Checkpoints of a project that are kept. */
  count: number;
  /** What they take together. */
  totalBytes: number;
}

/** Lets the oldest checkpoints go, but for those that are about to be brought back. What went: objects, and versions that changed. */
export async function collectOld(tx: Tx, { projectId }: Owner, bounds: Bounds) {
  const { rows } = await sql<{ object_key: string; id: string }>`
    with aged as (
      select id, object_key, row_number() over newest as age, sum(bytes) over newest as bytes
        from checkpoint where project_id = ${projectId} and status = 'KEPT'
      window newest as (order by id desc)
    )
    update checkpoint set status = 'COLLECTED', object_key = null
      from aged
     where aged.id = checkpoint.id and (aged.age > ${bounds.count} or aged.bytes > ${bounds.totalBytes})
       and not exists (select from project_version
                        where data_checkpoint_id = checkpoint.id and data_status = 'PENDING')
 returning aged.object_key, checkpoint.id`.execute(tx);
  if (rows.length === 0) return { keys: [], versionIds: [] };
  const versions = await tx
    .selectFrom('project_version')
    .select('id')
    .where('project_id', '=', projectId)
    .where(
      'checkpoint_id',
      'in',
      rows.map((row) => row.id),
    )
    .execute();
  return { keys: rows.map((row) => row.object_key), versionIds: versions.map((row) => row.id) };
}

export async function keysOfProject(tx: Tx, { projectId }: Owner): Promise<string[]> {
  const rows = await tx
    .selectFrom('checkpoint')
    .select('object_key')
    .where('project_id', '=', projectId)
    .where('object_key', 'is not', null)
    .execute();
  return rows.flatMap((row) => row.object_key ?? []);
}

/** Which of these keys a checkpoint has. */
export async function knownKeys(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await tx
    .selectFrom('checkpoint')
    .select('object_key')
    .where('object_key', 'in', [...keys])
    .execute();
  return new Set(rows.flatMap((row) => row.object_key ?? []));
}
