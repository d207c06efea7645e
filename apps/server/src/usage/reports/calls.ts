import { AgentRole, type UsageCall } from '@talkide/contracts';
import type { Tx, UsageEventRow } from '../../platform/db/index.ts';
import { amount, tokensView } from '../views.ts';

/** The calls of a turn in their order, above an id. */
export async function listCalls(
  tx: Tx,
  turn: { tenantId: string; turnId: string },
  page: { after: string | null; limit: number },
): Promise<UsageEventRow[]> {
  const { after } = page;
  return tx
    .selectFrom('usage_event')
    .selectAll()
    .where('tenant_id', '=', turn.tenantId)
    .where('turn_id', '=', turn.turnId)
    .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
    .limit(page.limit)
    .execute();
}

export const callView = (row: UsageEventRow): UsageCall => ({
  id: row.id,
  createdAt: row.created_at.toISOString(),
  agentRole: AgentRole.safeParse(row.agent_role).data ?? null,
  model: row.model,
  ...tokensView(row),
  webSearchRequests: Number(row.web_search_requests),
  chargedUsd: amount(row.charged_cost_usd),
  latencyMs: row.latency_ms,
  outcome: row.outcome,
  estimated: row.estimated,
  requestId: row.request_id,
});
