import type { EgressKind, EgressReason } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

export interface EgressCount {
  tenantId: string;
  projectId: string;
  kind: EgressKind;
  hour: Date;
  host: string;
  requests: number;
  refused: number;
  bytesOut: number;
  bytesIn: number;
  reason: EgressReason | null;
}

/** Adds to the rows of the hour. Those of a project that was deleted meanwhile are left out. */
export async function addEgress(tx: Tx, counts: readonly EgressCount[]): Promise<void> {
  const rows = JSON.stringify(
    counts
      .map((one) => ({
        ...{ tenant_id: one.tenantId, project_id: one.projectId, hour: one.hour, kind: one.kind, host: one.host },
        ...{ requests: one.requests, refused: one.refused, bytes_out: one.bytesOut, bytes_in: one.bytesIn },
        reason: one.reason,
      }))
      // Always in one order, so that two processes that write at once never wait for each other in a circle.
      .sort((a, b) => `${a.project_id} ${a.kind} ${a.host}`.localeCompare(`${b.project_id} ${b.kind} ${b.host}`)),
  );
  await sql`
    insert into egress_hour as total (tenant_id, project_id, hour, kind, host, requests, refused, bytes_out, bytes_in, reason)
    select one.* from jsonb_to_recordset(${rows}::jsonb) as one (tenant_id bigint, project_id bigint, hour timestamptz,
             kind text, host text, requests bigint, refused bigint, bytes_out bigint, bytes_in bigint, reason text)
     where exists (select from project where project.id = one.project_id and project.tenant_id = one.tenant_id)
        on conflict (tenant_id, project_id, hour, kind, host) do update
       set requests = total.requests + excluded.requests, refused = total.refused + excluded.refused,
           bytes_out = total.bytes_out + excluded.bytes_out, bytes_in = total.bytes_in + excluded.bytes_in,
           reason = coalesce(excluded.reason, total.reason)`.execute(tx);
}

/** Forgets what is older. */
export async function forgetEgress(tx: Tx, days: number): Promise<void> {
  await sql`delete from egress_hour where hour < now() - make_interval(days => ${days})`.execute(tx);
}

const SHOWN = 200;

/** Hosts of a project in the last days, those first that were asked most. */
export async function listEgress(tx: Tx, owner: { tenantId: string; projectId: string }, days: number) {
  const { rows } = await sql<{
    host: string;
    kind: EgressKind;
    requests: string;
    refused: string;
    bytes_out: string;
    bytes_in: string;
    reason: EgressReason | null;
    last_hour: Date;
  }>`
    select host, kind, sum(requests) as requests, sum(refused) as refused, sum(bytes_out) as bytes_out,
           sum(bytes_in) as bytes_in, max(hour) as last_hour,
           (array_agg(reason order by hour desc) filter (where reason is not null))[1] as reason
      from egress_hour
     where tenant_id = ${owner.tenantId} and project_id = ${owner.projectId}
       and hour >= now() - make_interval(days => ${days})
     group by host, kind
     order by sum(requests) + sum(refused) desc, host, kind
     limit ${SHOWN}`.execute(tx);
  return rows;
}
