import type { Deed } from './deeds.ts';
import type { Follower } from './feed.ts';
import type { Stage } from './stage.ts';

/** Each row is work that was left in a state in which nobody can go on. */
const FAULTS: Readonly<Record<string, string>> = {
  'a turn that succeeded has no answer': `
    select t.id from turn t where t.status = 'SUCCEEDED'
      and not exists (select from message m where m.turn_id = t.id and m.role = 'PM')`,
  'a turn that failed says nothing, or offers no way on': `
    select t.id, t.error_code from turn t where t.status in ('FAILED', 'CANCELLED')
      and not exists (select from message m where m.turn_id = t.id and m.kind = 'NOTICE'
                       and m.payload_json ->> 'action' is not null)`,
  'a message was answered twice': `
    select message_id, count(*) from turn where kind = 'USER' and status <> 'FAILED' group by message_id having count(*) > 1`,
  'a message was stored twice': `
    select content, count(*) from message where role = 'USER' and content ~ '(Round|Wish) [0-9]+' group by content having count(*) > 1`,
  'a version was made twice of one turn': `
    select turn_id, count(*) from project_version where turn_id is not null group by turn_id having count(*) > 1`,
  'numbers of versions have gaps': `
    select project_id, count(*), max(version_number) from project_version
      group by project_id having count(*) <> max(version_number)`,
  'a version was never built': `
    select v.id from project_version v where not exists (select from build b where b.version_id = v.id)`,
  'the preview is not the newest version that was built': `
    select p.id, (select max(b.version_id) from build b where b.project_id = p.id and b.status = 'SUCCESS') as built,
           (select max(r.version_id) from release r where r.project_id = p.id and r.kind = 'PREVIEW' and r.status = 'ACTIVE') as shown
      from project p
     where (select max(b.version_id) from build b where b.project_id = p.id and b.status = 'SUCCESS') is distinct from
           (select max(r.version_id) from release r where r.project_id = p.id and r.kind = 'PREVIEW' and r.status = 'ACTIVE')`,
  'two releases serve at one address': `
    select project_id, kind, count(*) from release where status = 'ACTIVE' group by project_id, kind having count(*) > 1`,
  'a build failed through a fault of the platform': `
    select id, version_id, error_fingerprint, right(output_log, 300) as log from build
     where status = 'FAILED' and coalesce(error_fingerprint, '') = ''`,
  'a delegation never ended': `
    select s.id, s.turn_id from activity s where s.event_type = 'TASK_STARTED'
      and not exists (select from activity e where e.parent_activity_id = s.id and e.event_type = 'TASK_COMPLETED')`,
};

/** What is wrong with the work of everybody, when nothing is under way. */
export async function workFaults(
  stage: Stage,
  { deeds, followers }: { deeds: readonly Deed[]; followers: readonly Follower[] },
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, select] of Object.entries(FAULTS)) {
    const rows = await stage.query(select);
    found.push(...rows.map((row) => `${name}: ${JSON.stringify(row)}`));
  }
  for (const deed of deeds) found.push(...(await deedFaults(stage, deed)));
  for (const follower of followers) found.push(...(await feedFaults(stage, follower)));
  return found;
}

async function deedFaults(stage: Stage, deed: Deed): Promise<string[]> {
  if (deed.kind === 'topUp') {
    const [row] = await stage.query<{ status: string; entries: string }>(
      `select status, (select count(*) from credit_entry e where e.credit_topup_id = t.id) as entries
         from credit_topup t where id = $1`,
      [deed.topUpId],
    );
    const right = deed.paid && row?.status === 'SUCCEEDED' && row.entries === '1';
    return right ? [] : [`a paid top-up did not become credit once: ${JSON.stringify({ deed, row })}`];
  }
  if (deed.kind === 'publish') {
    if (deed.releaseId === null) return deed.status === 409 ? [] : [`publish was answered with ${deed.status}`];
    const [row] = await stage.query<{ status: string; error: string | null }>(
      'select status, error from release where id = $1',
      [deed.releaseId],
    );
    const ended = row?.status === 'ACTIVE' || row?.status === 'RETIRED' || (row?.status === 'FAILED' && row.error);
    return ended ? [] : [`a publication was forgotten: ${JSON.stringify({ deed, row })}`];
  }
  if (deed.kind === 'edit' || deed.kind === 'restore') return handFaults(stage, deed);
  if (deed.status !== 201) return [`a message was refused: ${JSON.stringify(deed)}`];
  const rows = await stage.query('select from turn where id = $1', [deed.turnId]);
  return rows.length === 1 ? [] : [`a message was lost: ${JSON.stringify(deed)}`];
}

/** By hand: done once and said so, or refused while Mara works. A repeated edit may find that its first try was done. */
async function handFaults(stage: Stage, deed: Extract<Deed, { kind: 'edit' | 'restore' }>): Promise<string[]> {
  const rows =
    deed.kind === 'edit'
      ? await stage.query('select from project_version where project_id = $1 and description = $2', [
          deed.projectId,
          deed.description,
        ])
      : await stage.query(
          `select from project_version where project_id = $1 and version_number = $2 and source = 'RESTORE'`,
          [deed.projectId, deed.versionNumber],
        );
  const done = deed.status === 200 || deed.status === 201;
  const right = done ? rows.length === 1 : [409, 412].includes(deed.status) && rows.length <= 1;
  return right ? [] : [`${rows.length} versions came of what was done by hand: ${JSON.stringify(deed)}`];
}

const FEED_MS = 15_000;

/** The feed as a browser saw it, through all outages, against the events as they are stored. */
async function feedFaults(stage: Stage, { projectId, from, ids }: Follower): Promise<string[]> {
  const rows = await stage.query<{ id: string }>(
    'select id::text from event where project_id = $1 and id > $2 order by event.id',
    [projectId, from],
  );
  const stored = rows.map(({ id }) => id);
  const deadline = Date.now() + FEED_MS;
  while (ids.length < stored.length && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  const seen = ids.slice(0, stored.length);
  const at = stored.findIndex((id, index) => seen[index] !== id);
  if (at === -1) return [];
  return [`the feed of project ${projectId} differs at ${at}: stored ${stored[at]}, seen ${seen[at] ?? 'nothing'}`];
}
