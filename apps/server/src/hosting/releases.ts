import { sql } from 'kysely';
import type { Database, Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { ReleaseKind } from './app-spec.ts';
import { isOffline } from './ports.ts';
import { readRelease } from './views.ts';

/** Says to every process's edge that what answers at some address has changed. Payload: the project's id. */
export const RELEASE_CHANNEL = 'talkide_release';

export type ReleaseCause = 'DEPLOY' | 'ROLLBACK' | 'RESTART';

export async function announceRelease(tx: Tx, tenantId: string, id: string): Promise<void> {
  const release = await readRelease(tx, tenantId, id);
  if (release) await appendEvent(tx, { tenantId, projectId: release.projectId }, { type: 'release.updated', release });
}

export async function addRelease(
  tx: Tx,
  release: {
    tenantId: string;
    projectId: string;
    versionId: string;
    kind: ReleaseKind;
    artefactDigest: string;
    cause?: ReleaseCause;
    publishedBy?: string;
    /** Of the platform that starts it. */
    seat: number;
  },
) {
  const row = await tx
    .insertInto('release')
    .values({
      tenant_id: release.tenantId,
      project_id: release.projectId,
      version_id: release.versionId,
      kind: release.kind,
      artefact_digest: release.artefactDigest,
      cause: release.cause ?? 'DEPLOY',
      published_by: release.publishedBy ?? null,
      seat: release.seat,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await announceRelease(tx, release.tenantId, row.id);
  return row;
}

export type ReleaseRow = Awaited<ReturnType<typeof addRelease>>;

/** What came of an attempt to switch: `refused` says why the release may not serve any more. */
export type Switch = { drainingId: string | null } | { refused: string };

/** Every change of a project's work locks the project first, so that no two changes wait for each other. */
export async function lockProject(tx: Tx, projectId: string): Promise<void> {
  await tx.selectFrom('project').select('id').where('id', '=', projectId).forUpdate().execute();
}

/**
 * Switches an address to a release that is healthy: the one that served before starts draining. The project is locked,
 * so that of two switches at the same moment the second sees the first.
 */
export async function activateRelease(tx: Tx, db: Pick<Database, 'notify'>, release: ReleaseRow): Promise<Switch> {
  const project = await tx
    .selectFrom('project')
    .select('status')
    .where('id', '=', release.project_id)
    .forUpdate()
    .executeTakeFirst();
  if (!project) return { refused: 'The project was deleted.' };
  const refused = await reasonNotToServe(tx, release, project.status);
  if (refused) return { refused };
  const draining = await tx
    .updateTable('release')
    .set({ status: 'DRAINING' })
    .where('project_id', '=', release.project_id)
    .where('kind', '=', release.kind)
    .where('status', '=', 'ACTIVE')
    .returning('id')
    .executeTakeFirst();
  await tx
    .updateTable('release')
    .set({ status: 'ACTIVE', activated_at: sql<Date>`now()` })
    .where('id', '=', release.id)
    .execute();
  if (draining) await announceRelease(tx, release.tenant_id, draining.id);
  await announceRelease(tx, release.tenant_id, release.id);
  await db.notify(tx, RELEASE_CHANNEL, release.project_id);
  return { drainingId: draining?.id ?? null };
}

async function reasonNotToServe(tx: Tx, release: ReleaseRow, projectStatus: string): Promise<string | null> {
  const current = await tx
    .selectFrom('release')
    .select('status')
    .where('id', '=', release.id)
    .forUpdate()
    .executeTakeFirst();
  if (current?.status !== 'STARTING') return 'It was called off while it started.';
  if (release.kind === 'PUBLISHED') {
    return isOffline(projectStatus) ? 'The project was paused or archived while it was being published.' : null;
  }
  return (await isOvertaken(tx, release.project_id, release.version_id)) ? 'A newer version serves already.' : null;
}

/** True when a newer version already serves as the preview: an old build that ends late must not replace it. */
export async function isOvertaken(tx: Tx, projectId: string, versionId: string): Promise<boolean> {
  const newer = await tx
    .selectFrom('release')
    .select('id')
    .where('project_id', '=', projectId)
    .where('kind', '=', 'PREVIEW')
    .where('status', '=', 'ACTIVE')
    .where('version_id', '>', versionId)
    .executeTakeFirst();
  return newer !== undefined;
}

/** Takes down what serves, or is about to serve, at an address; the ids of the releases. */
export async function takeDownReleases(
  tx: Tx,
  db: Pick<Database, 'notify'>,
  project: { id: string; tenant_id: string },
  kind: ReleaseKind,
): Promise<string[]> {
  const rows = await tx
    .updateTable('release')
    .set({ status: 'DRAINING' })
    .where('project_id', '=', project.id)
    .where('kind', '=', kind)
    .where('status', 'in', ['STARTING', 'ACTIVE'])
    .returning('id')
    .execute();
  for (const { id } of rows) await announceRelease(tx, project.tenant_id, id);
  if (rows.length > 0) await db.notify(tx, RELEASE_CHANNEL, project.id);
  return rows.map((row) => row.id);
}

/** Every application there is, by what names its data. */
export async function allApps(tx: Tx): Promise<{ tenantId: string; slug: string }[]> {
  const rows = await tx.selectFrom('project').select(['tenant_id', 'data_slug']).execute();
  return rows.map((row) => ({ tenantId: row.tenant_id, slug: row.data_slug }));
}

/** Whether a release may have a process now: what was retired, or belongs to a paused project, must not wake. */
export async function mayRun(tx: Tx, releaseId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('release')
    .innerJoin('project', 'project.id', 'release.project_id')
    .select(['release.status', 'project.status as project_status'])
    .where('release.id', '=', releaseId)
    .executeTakeFirst();
  // A build of a paused project still shows whether its application starts.
  return row?.status === 'STARTING' || (row !== undefined && isServing(row.status) && !isOffline(row.project_status));
}

const isServing = (status: string) => status === 'ACTIVE' || status === 'DRAINING';

/** Ends a release that never served, with the reason. */
export async function failRelease(tx: Tx, release: { id: string; tenant_id: string }, error: string): Promise<void> {
  const row = await tx
    .updateTable('release')
    .set({ status: 'FAILED', error: error.replaceAll('\0', '').slice(0, 4000), retired_at: sql<Date>`now()` })
    .where('id', '=', release.id)
    .where('status', '=', 'STARTING')
    .returning('id')
    .executeTakeFirst();
  if (row) await announceRelease(tx, release.tenant_id, release.id);
}

/** Ends a release that has drained, was taken down or overtaken. */
export async function retireRelease(tx: Tx, tenantId: string, id: string): Promise<void> {
  const row = await tx
    .updateTable('release')
    .set({ status: 'RETIRED', retired_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', 'in', ['STARTING', 'ACTIVE', 'DRAINING'])
    .returning('id')
    .executeTakeFirst();
  if (row) await announceRelease(tx, tenantId, id);
}

/** Whether a release of a kind is on its way; one whose process died is forgotten after a while. */
export async function isStarting(tx: Tx, projectId: string, kind: ReleaseKind): Promise<boolean> {
  const row = await tx
    .selectFrom('release')
    .select('id')
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('status', '=', 'STARTING')
    .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${STALE_SECONDS})`)
    .executeTakeFirst();
  return row !== undefined;
}

/** What serves at an address. */
export const serving = (tx: Tx, projectId: string, kind: ReleaseKind) =>
  tx
    .selectFrom('release')
    .select(['version_id', 'artefact_digest'])
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('status', '=', 'ACTIVE')
    .executeTakeFirst();

/** Releases of a project that may have a process. */
export async function runningReleases(tx: Tx, projectId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('release')
    .select('id')
    .where('project_id', '=', projectId)
    .where('status', 'in', ['STARTING', 'ACTIVE', 'DRAINING'])
    .execute();
  return rows.map((row) => row.id);
}

/** Those of the releases that serve, or are about to; of a project that is offline none serves. */
export async function stillWanted(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .selectFrom('release')
    .innerJoin('project', 'project.id', 'release.project_id')
    .select(['release.id', 'release.status', 'project.status as project_status'])
    .where('release.id', 'in', [...ids])
    .where('release.status', 'in', ['STARTING', 'ACTIVE'])
    .execute();
  const wanted = rows.filter((row) => row.status === 'STARTING' || !isOffline(row.project_status));
  return new Set(wanted.map((row) => row.id));
}

/**
 * Releases of a seat between two states that may be nobody's. A preview that starts is its build's, which may be about its data first;
 * it is nobody's when that build has begun another for the same version.
 */
export const halfDone = (tx: Tx, seat: number) =>
  tx
    .selectFrom('release')
    .select(['id', 'tenant_id', 'status'])
    .where('seat', '=', seat)
    .where('status', 'in', ['STARTING', 'DRAINING'])
    .where((where) =>
      where.or([
        where('status', '=', 'DRAINING'),
        where('kind', '=', 'PUBLISHED'),
        where.exists(
          where
            .selectFrom('release as later')
            .select('later.id')
            .whereRef('later.project_id', '=', 'release.project_id')
            .whereRef('later.kind', '=', 'release.kind')
            .whereRef('later.version_id', '=', 'release.version_id')
            .whereRef('later.id', '>', 'release.id'),
        ),
      ]),
    )
    .execute();

/** Ends what was left starting; whose is said by a condition more. */
const failStarting = (tx: Tx) =>
  tx
    .updateTable('release')
    .set({
      status: 'FAILED',
      error: 'The platform was stopped while this release was starting. Try again.',
      retired_at: sql<Date>`now()`,
    })
    .where('status', '=', 'STARTING')
    .returning(['id', 'tenant_id']);

async function announceAll(tx: Tx, ended: readonly { id: string; tenant_id: string }[]): Promise<void> {
  for (const { id, tenant_id } of ended) await announceRelease(tx, tenant_id, id);
}

/** Ends what was starting on a platform that is gone, or that has not begun yet. */
export const failLeft = async (tx: Tx, seat: number): Promise<void> =>
  announceAll(tx, await failStarting(tx).where('seat', '=', seat).execute());

/** No start or drain takes as long: what is older was left by a process that died. */
export const STALE_SECONDS = 300;

/**
 * Ends what a process left half done that died more than `afterSeconds` ago (no start or drain takes as long); 0 when
 * there is no other process.
 */
export async function sweepReleases(tx: Tx, afterSeconds: number): Promise<void> {
  const before = sql<Date>`now() - make_interval(secs => ${afterSeconds})`;
  const failed = await failStarting(tx).where('created_at', '<=', before).execute();
  const retired = await tx
    .updateTable('release')
    .set({ status: 'RETIRED', retired_at: sql<Date>`now()` })
    .where('status', '=', 'DRAINING')
    .where(sql<boolean>`coalesce(activated_at, created_at) <= ${before}`)
    .returning(['id', 'tenant_id'])
    .execute();
  await announceAll(tx, [...failed, ...retired]);
}
