import { sql } from 'kysely';
import type { Database, Tx } from '../platform/db/index.ts';

export const BUILD_CHANNEL = 'talkide_build';
/** Renewed at a third of this; a build whose process died is taken over after it. */
export const BUILD_LEASE_SECONDS = 15;

export interface BuildRequest {
  tenantId: string;
  projectId: string;
  versionId: string;
  commit: string;
  turnId: string | null;
}

/** Puts a build of a version into the queue, in the transaction that made the version. */
export async function enqueueBuild(tx: Tx, db: Pick<Database, 'notify'>, build: BuildRequest): Promise<string> {
  const row = await tx
    .insertInto('build')
    .values({
      tenant_id: build.tenantId,
      project_id: build.projectId,
      version_id: build.versionId,
      turn_id: build.turnId,
      commit_sha: build.commit,
      kind: 'IMAGE',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db.notify(tx, BUILD_CHANNEL, row.id);
  return row.id;
}

const now = sql<Date>`now()`;
/** No lease is so long: the clock was set back since. */
const tooFar = sql<Date>`now() + make_interval(secs => ${2 * BUILD_LEASE_SECONDS})`;
const lease = sql<Date>`now() + make_interval(secs => ${BUILD_LEASE_SECONDS})`;

/**
 * Takes the oldest build that waits, or whose process is gone; null when there is none. Tenants of whom fewer builds run
 * come first: who queues a hundred makes nobody else wait for them. One that is SUCCESS already was left between its end
 * and its preview. `steady`: a lease that ran out could have been renewed; else only builds that wait are taken.
 */
export async function claimBuild(tx: Tx, { steady }: { steady: boolean }) {
  const running = sql`(select count(*) from build as held where held.tenant_id = build.tenant_id and held.lease_expires_at >= now())`;
  const next = tx
    .selectFrom('build')
    .select('id')
    .where((where) =>
      where.or([
        where('status', '=', 'PENDING'),
        ...(steady ? [where('lease_expires_at', '<', now), where('lease_expires_at', '>', tooFar)] : []),
      ]),
    )
    .orderBy(running)
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked();
  return tx
    .updateTable('build')
    .set({
      status: sql<'RUNNING'>`case status when 'PENDING' then 'RUNNING' else status end`,
      started_at: sql<Date>`coalesce(started_at, now())`,
      attempts: sql<number>`attempts + 1`,
      lease_token: sql<string>`gen_random_uuid()`,
      lease_expires_at: lease,
    })
    .where('id', '=', (expression) => expression.selectFrom(next.as('next')).select('next.id'))
    .returningAll()
    .executeTakeFirst();
}

export type ClaimedBuild = NonNullable<Awaited<ReturnType<typeof claimBuild>>>;

/** A build as long as this claim of it holds. */
const held = (tx: Tx, build: ClaimedBuild) =>
  tx.updateTable('build').where('id', '=', build.id).where('lease_token', '=', build.lease_token);

const touched = async (query: { executeTakeFirst(): Promise<{ numUpdatedRows: bigint } | undefined> }) =>
  ((await query.executeTakeFirst())?.numUpdatedRows ?? 0n) > 0n;

/** Keeps a build ours; false when it is not any more. */
export const renewBuild = (tx: Tx, build: ClaimedBuild): Promise<boolean> =>
  touched(held(tx, build).set({ lease_expires_at: lease }));

/** Records the artefact. The build stays ours until its preview stands; false when it was not ours any more. */
export const succeedBuild = (
  tx: Tx,
  build: ClaimedBuild,
  end: { artefactDigest: string; log: string; logBytes: number },
): Promise<boolean> =>
  touched(
    held(tx, build)
      .set({
        status: 'SUCCESS',
        artefact_digest: end.artefactDigest,
        exit_code: 0,
        output_log: end.log,
        log_bytes: String(end.logBytes),
        finished_at: now,
      })
      .where('status', '=', 'RUNNING'),
  );

/** Ends a build that made no artefact; false when it was not ours any more. */
export const failBuild = (
  tx: Tx,
  build: ClaimedBuild,
  end: { exitCode: number | null; fingerprint: string; log: string; logBytes: number },
): Promise<boolean> =>
  touched(
    held(tx, build)
      .set({
        status: 'FAILED',
        exit_code: end.exitCode,
        error_fingerprint: end.fingerprint,
        output_log: end.log,
        log_bytes: String(end.logBytes),
        finished_at: now,
        lease_expires_at: null,
        lease_token: null,
      })
      .where('status', '=', 'RUNNING'),
  );

/** Nothing is left to do for a build; false when it was not ours any more. */
export const settleBuild = (tx: Tx, build: ClaimedBuild): Promise<boolean> =>
  touched(held(tx, build).set({ lease_expires_at: null, lease_token: null }));

/** Leaves a build to the next process at once; this claim does not count as an attempt. */
export const giveBackBuild = (tx: Tx, build: ClaimedBuild): Promise<boolean> =>
  touched(
    held(tx, build).set({ lease_expires_at: sql<Date>`now() - interval '1 second'`, attempts: build.attempts - 1 }),
  );

/** At the start of the only process there is: whoever held a build is gone. */
export async function expireBuilds(tx: Tx): Promise<void> {
  await tx
    .updateTable('build')
    .set({ lease_expires_at: sql<Date>`now() - interval '1 second'` })
    .where('lease_expires_at', 'is not', null)
    .execute();
}

/** An artefact that the same sources made before: in this project, or from the platform's own template. */
export async function findArtefact(tx: Tx, projectId: string, treeSha: string): Promise<string | null> {
  const row = await tx
    .selectFrom('build')
    .innerJoin('project_version', 'project_version.id', 'build.version_id')
    .select('build.artefact_digest')
    .where('build.status', '=', 'SUCCESS')
    .where('build.artefact_digest', 'is not', null)
    .where('project_version.tree_sha', '=', treeSha)
    .where((where) =>
      where.or([where('build.project_id', '=', projectId), where('project_version.source', '=', 'TEMPLATE')]),
    )
    .orderBy('build.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.artefact_digest ?? null;
}
