import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';
import { KEPT_PUBLISHED } from './published-releases.ts';

/** Releases of each project and kind, and successful builds of each project, whose artefacts and logs are kept. */
const KEPT = 5;
const KEPT_BUILD_LOGS = 50;

/** What of the files on disk the database still speaks of. */
export interface InUse {
  artefacts: Set<string>;
  /** `<project>/<artefact>` of releases that may have a process. */
  caches: Set<string>;
  releaseLogs: Set<string>;
  buildLogs: Set<string>;
}

export async function readInUse(tx: Tx): Promise<InUse> {
  const releases = await sql<{ id: string; project_id: string; artefact_digest: string; running: boolean }>`
    select id, project_id, artefact_digest, running
    from (
      select id, project_id, artefact_digest, status in ('STARTING', 'ACTIVE', 'DRAINING') as running,
             row_number() over (partition by project_id, kind order by id desc) as age
      from release
    ) as aged
    where running or age <= ${KEPT}`.execute(tx);
  // Of what served at the public address each artefact counts once: restarts are of the same one.
  const published = await sql<{ artefact_digest: string }>`
    select artefact_digest
    from (
      select artefact_digest, row_number() over (partition by project_id order by max(id) desc) as age
      from release
      where kind = 'PUBLISHED' and activated_at is not null and cause <> 'RESTART'
      group by project_id, version_id, artefact_digest
    ) as aged
    where age <= ${KEPT_PUBLISHED}`.execute(tx);
  const builds = await sql<{ id: string; artefact_digest: string | null; recent: boolean }>`
    select id, artefact_digest, successes <= ${KEPT} as recent
    from (
      select id, artefact_digest,
             row_number() over (partition by project_id order by id desc) as age,
             count(artefact_digest) over (partition by project_id order by id desc) as successes
      from build
    ) as aged
    where age <= ${KEPT_BUILD_LOGS} or successes <= ${KEPT}`.execute(tx);
  const digests = [
    ...releases.rows.map((row) => row.artefact_digest),
    ...published.rows.map((row) => row.artefact_digest),
    ...builds.rows.flatMap((row) => (row.recent && row.artefact_digest ? [row.artefact_digest] : [])),
  ];
  return {
    artefacts: new Set(digests),
    caches: new Set(releases.rows.flatMap((row) => (row.running ? [`${row.project_id}/${row.artefact_digest}`] : []))),
    releaseLogs: new Set(releases.rows.map((row) => row.id)),
    buildLogs: new Set(builds.rows.map((row) => row.id)),
  };
}
