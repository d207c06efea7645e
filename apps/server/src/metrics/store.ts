import { sql } from 'kysely';
import type { Tx } from '../platform/db/index.ts';

export interface AppRef {
  tenantId: string;
  projectId: string;
  kind: 'PREVIEW' | 'PUBLISHED';
}

export interface Count extends AppRef {
  at: Date;
  requests: number;
  errors: number;
  bytesOut: number;
  latency: number[];
  cpuMs: number;
  memoryBytes: number;
  coldWakes: number;
  thaws: number;
}

/** Adds to the rows of their steps. Those of a project that was deleted meanwhile are left out. */
export async function addMetrics(tx: Tx, counts: readonly Count[]): Promise<void> {
  const rows = counts
    .map((one) => ({
      ...{ tenant_id: one.tenantId, project_id: one.projectId, kind: one.kind, at: one.at },
      ...{ requests: one.requests, errors: one.errors, bytes_out: one.bytesOut, latency: one.latency },
      ...{ cpu_ms: Math.round(one.cpuMs), memory_bytes: one.memoryBytes, cold_wakes: one.coldWakes, thaws: one.thaws },
    }))
    // Always in one order, so that two processes that write at once never wait for each other in a circle.
    .sort((a, b) => `${a.project_id} ${a.kind}`.localeCompare(`${b.project_id} ${b.kind}`));
  await sql`
    insert into app_metric as total
    select one.tenant_id, one.project_id, one.kind, one.at, one.requests, one.errors, one.bytes_out, one.latency,
           one.cpu_ms, one.memory_bytes, one.cold_wakes, one.thaws
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one (tenant_id bigint, project_id bigint, kind text,
             at timestamptz, requests bigint, errors bigint, bytes_out bigint, latency integer[], cpu_ms bigint,
             memory_bytes bigint, cold_wakes integer, thaws integer)
     where exists (select from project where project.id = one.project_id and project.tenant_id = one.tenant_id)
        on conflict (tenant_id, project_id, kind, at) do update
       set requests = total.requests + excluded.requests, errors = total.errors + excluded.errors,
           bytes_out = total.bytes_out + excluded.bytes_out, latency = add_arrays(total.latency, excluded.latency),
           cpu_ms = total.cpu_ms + excluded.cpu_ms, memory_bytes = greatest(total.memory_bytes, excluded.memory_bytes),
           cold_wakes = total.cold_wakes + excluded.cold_wakes, thaws = total.thaws + excluded.thaws`.execute(tx);
}

export async function forgetMetrics(tx: Tx, days: number): Promise<void> {
  await sql`delete from app_metric where at < now() - make_interval(days => ${days})`.execute(tx);
}

export interface Step {
  at: Date;
  requests: string;
  errors: string;
  bytes_out: string;
  latency: number[] | null;
  cpu_ms: string;
  memory_bytes: string;
  cold_wakes: string;
  thaws: string;
}

/** `count` steps of `seconds` up to now, the empty ones too, oldest first. */
export async function readSteps(
  tx: Tx,
  app: AppRef,
  { seconds, count }: { seconds: number; count: number },
): Promise<Step[]> {
  const width = sql`make_interval(secs => ${seconds})`;
  const { rows } = await sql<Step>`
    with step as (
      select date_bin(${width}, now(), 'epoch') - n * ${width} as at from generate_series(${count - 1}, 0, -1) as n)
    select step.at, coalesce(sum(requests), 0) as requests, coalesce(sum(errors), 0) as errors,
           coalesce(sum(bytes_out), 0) as bytes_out, sum_arrays(latency) as latency, coalesce(sum(cpu_ms), 0) as cpu_ms,
           coalesce(max(memory_bytes), 0) as memory_bytes, coalesce(sum(cold_wakes), 0) as cold_wakes,
           coalesce(sum(thaws), 0) as thaws
      from step left join app_metric m
        on m.tenant_id = ${app.tenantId} and m.project_id = ${app.projectId} and m.kind = ${app.kind}
       and m.at >= step.at and m.at < step.at + ${width}
     group by step.at
     order by step.at`.execute(tx);
  return rows;
}
