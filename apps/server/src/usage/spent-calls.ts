import { type RawBuilder, sql } from 'kysely';
import { type DayRange, isIn } from './period.ts';

/** Whose calls: of one tenant, or of all with null, which needs the system scope. */
export interface SpendScope {
  tenantId: string | null;
  projectId?: string | undefined;
  period: DayRange;
}

const isOf = (tenantId: string | null, column = 'tenant_id') =>
  tenantId === null ? sql`true` : sql`${sql.ref(column)} = ${tenantId}::bigint`;

/** The calls of a scope: a statement that ends in its conditions, so that more can be added. */
export function callsOf({ tenantId, projectId, period }: SpendScope): RawBuilder<unknown> {
  const ofProject = projectId === undefined ? sql`true` : sql`project_id = ${projectId}::bigint`;
  return sql`select * from usage_event where ${isOf(tenantId)} and ${isIn(period, 'created_at')} and ${ofProject}`;
}

/**
 * Common table expressions that end in `spent`: calls, each with its day and with what was given back of it. A waiver is
 * of a turn; it covers the turn's calls in their order until it is used up, so that every way of grouping calls gives
 * the same sum.
 */
export function spentCalls(scope: SpendScope, calls = callsOf(scope)): RawBuilder<unknown> {
  const { tenantId } = scope;
  return sql`
    waiver as materialized (
      select turn_id, sum(amount_usd) as amount
      from credit_entry
      where ${isOf(tenantId)} and kind = 'WAIVER' and turn_id is not null
      group by turn_id
    ),
    spent as (
      select call.*, (call.created_at at time zone 'UTC')::date as day,
        case
          when waiver.amount is null then 0
          else greatest(0, least(call.charged_cost_usd, waiver.amount - (
            select coalesce(sum(earlier.charged_cost_usd), 0)
            from usage_event as earlier
            where ${isOf(tenantId, 'earlier.tenant_id')} and earlier.turn_id = call.turn_id and earlier.id < call.id)))
        end as waived_usd
      from (${calls}) as call left join waiver on waiver.turn_id = call.turn_id
    )`;
}

/** Sums over `spent`. */
export const spendSums = sql`
  count(*) as calls,
  coalesce(sum(charged_cost_usd), 0) as charged_usd,
  coalesce(sum(waived_usd), 0) as waived_usd`;

export const tokenSums = sql`
  coalesce(sum(input_tokens), 0) as input_tokens,
  coalesce(sum(output_tokens), 0) as output_tokens,
  coalesce(sum(cache_read_tokens), 0) as cache_read_tokens,
  coalesce(sum(cache_write_tokens), 0) as cache_write_tokens`;
