import { sql } from 'kysely';
import type { Tx, UsageEventRow } from '../../platform/db/index.ts';
import type { SummaryScope } from '../reports/summary.ts';
import { callsOf, spentCalls } from '../spent-calls.ts';

/** A call with the names of what it was for. `place` is its time as text: finer than a JavaScript date. */
export interface ExportedCall extends UsageEventRow {
  place: string;
  waived_usd: string;
  project_name: string | null;
  title: string | null;
}

/** Calls of a period in the order of time, behind a call. */
export async function readCalls(
  tx: Tx,
  scope: SummaryScope,
  page: { after: Pick<ExportedCall, 'place' | 'id'> | null; limit: number },
): Promise<ExportedCall[]> {
  const { tenantId } = scope;
  const { after } = page;
  // Said twice: the index knows times only, and every page would be read from the first call on.
  const behind = after
    ? sql`created_at >= ${after.place}::timestamptz
        and (created_at, id) > (${after.place}::timestamptz, ${after.id}::bigint)`
    : sql`true`;
  const calls = sql`${callsOf(scope)} and ${behind} order by created_at, id limit ${page.limit}`;
  const result = await sql<ExportedCall>`
    with ${spentCalls(scope, calls)}
    select spent.*, spent.created_at::text as place, project.name as project_name, conversation.title
    from spent
    left join project on project.tenant_id = ${tenantId}::bigint and project.id = spent.project_id
    left join conversation
      on conversation.tenant_id = ${tenantId}::bigint and conversation.id = spent.conversation_id
    order by spent.created_at, spent.id`.execute(tx);
  return result.rows;
}
