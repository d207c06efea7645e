import type { UsageTurn } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { spendSums, spentCalls, tokenSums } from '../spent-calls.ts';
import { type SpendRow, spendView, type TokenRow, tokensView } from '../views.ts';
import type { SummaryScope } from './summary.ts';

export interface TurnCostRow extends SpendRow, TokenRow {
  turn_id: string;
  project_id: string;
  project_name: string | null;
  prompt: string | null;
  kind: 'USER' | 'REPAIR' | null;
  status: string | null;
  started_at: Date;
}

/** Turns with calls in the period, newest first, below an id. A turn that outlives the period counts with its calls in it. */
export async function listTurnCosts(
  tx: Tx,
  scope: SummaryScope,
  page: { before: string | null; limit: number },
): Promise<TurnCostRow[]> {
  const { tenantId } = scope;
  const below = page.before === null ? sql`true` : sql`turn_id < ${page.before}::bigint`;
  const result = await sql<TurnCostRow>`
    with ${spentCalls(scope)},
    -- Materialized: with the limit in sight the planner walks the turns of all tenants, 300 ms for a million calls.
    cost as materialized (
      select turn_id, max(project_id) as project_id, min(created_at) as first_call_at, ${spendSums}, ${tokenSums}
      from spent
      where turn_id is not null and project_id is not null and ${below}
      group by turn_id
    ),
    newest as (
      select * from cost order by turn_id desc limit ${page.limit}
    )
    select newest.*, project.name as project_name, turn.kind, turn.status,
      coalesce(turn.started_at, newest.first_call_at) as started_at,
      case when turn.kind = 'USER' then left(message.content, 140) end as prompt
    from newest
    left join project on project.tenant_id = ${tenantId}::bigint and project.id = newest.project_id
    left join turn on turn.tenant_id = ${tenantId}::bigint and turn.id = newest.turn_id
    left join message on message.tenant_id = ${tenantId}::bigint and message.id = turn.message_id
    order by newest.turn_id desc`.execute(tx);
  return result.rows;
}

export const turnView = (row: TurnCostRow): UsageTurn => ({
  turnId: row.turn_id,
  projectId: row.project_id,
  projectName: row.project_name,
  prompt: row.prompt,
  kind: row.kind,
  status: row.status,
  startedAt: row.started_at.toISOString(),
  ...spendView(row),
  ...tokensView(row),
});
