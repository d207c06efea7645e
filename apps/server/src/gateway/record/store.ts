import { sql } from 'kysely';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { fromUnits, toUnits } from '../../platform/money.ts';
import type { CallRecord } from './call-record.ts';

/** Columns of a record and their types. */
const COLUMNS = {
  call_id: 'uuid',
  tenant_id: 'bigint',
  user_id: 'bigint',
  project_id: 'bigint',
  conversation_id: 'bigint',
  turn_id: 'bigint',
  agent_role: 'text',
  session_id: 'text',
  model: 'text',
  request_id: 'text',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cache_read_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  cache_write_5m_tokens: 'bigint',
  cache_write_1h_tokens: 'bigint',
  web_search_requests: 'bigint',
  raw_cost_usd: 'numeric',
  charged_cost_usd: 'numeric',
  model_price_id: 'bigint',
  service_tier: 'text',
  inference_geo: 'text',
  speed: 'text',
  latency_ms: 'integer',
  outcome: 'text',
  estimated: 'boolean',
  created_at: 'timestamptz',
} satisfies Record<Exclude<keyof CallRecord, 'executor_type'>, string>;
const names = sql.raw(Object.keys(COLUMNS).join(', '));
const typed = sql.raw(
  Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);

/**
 * Inserts calls and rolls them up by user, conversation and hour. `json` holds an array of records. Gives back the ids of
 * those that were there already: as a rule, none.
 */
export async function insertCalls(tx: Tx, json: string): Promise<Set<string>> {
  const { rows } = await sql<{ call_id: string }>`
    with given as materialized (
      select * from jsonb_to_recordset(${json}::jsonb) as given(${typed}, executor_type text)
    ), inserted as (
      insert into usage_event (${names}, executor_type)
      select ${names}, coalesce(executor_type, 'NETWORK_WORKER') from given
      on conflict (call_id) do nothing
      returning *
    ), rolled as (
      insert into api_usage_ledger as ledger
        (tenant_id, user_id, conversation_id, raw_cost_usd, charged_cost_usd, window_start, window_end)
      select tenant_id, user_id, conversation_id, sum(raw_cost_usd), sum(charged_cost_usd), hour, hour + interval '1 hour'
        from inserted, date_trunc('hour', created_at, 'UTC') as hour
       group by tenant_id, user_id, conversation_id, hour
       order by tenant_id, user_id, conversation_id, hour
      on conflict (tenant_id, user_id, conversation_id, window_start, window_end) do update
         set raw_cost_usd = ledger.raw_cost_usd + excluded.raw_cost_usd,
             charged_cost_usd = ledger.charged_cost_usd + excluded.charged_cost_usd
    )
    select call_id from given where call_id not in (select call_id from inserted)`.execute(tx);
  return new Set(rows.map((row) => row.call_id));
}

/** What calls have added to one turn. */
export interface TurnUse {
  turn_id: string;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  charged_cost_usd: string;
}

/** Sums calls by turn. */
export function useByTurn(records: readonly CallRecord[]): TurnUse[] {
  const byTurn = new Map<string, TurnUse & { units: bigint }>();
  for (const one of records) {
    const use = byTurn.get(one.turn_id);
    if (!use) {
      const { turn_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, charged_cost_usd } = one;
      const units = toUnits(charged_cost_usd);
      const counts = { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens };
      byTurn.set(turn_id, { turn_id, ...counts, charged_cost_usd, units });
      continue;
    }
    use.input_tokens += one.input_tokens;
    use.output_tokens += one.output_tokens;
    use.cache_read_tokens += one.cache_read_tokens;
    use.cache_write_tokens += one.cache_write_tokens;
    use.units += toUnits(one.charged_cost_usd);
  }
  return [...byTurn.values()].map(({ units, ...use }) => ({ ...use, charged_cost_usd: fromUnits(units) }));
}

/** Adds calls to what their turns have used so far; gives back the turns. */
export async function addToTurns(tx: Tx, uses: readonly TurnUse[]): Promise<TurnRow[]> {
  const { rows } = await sql<TurnRow>`
    with locked as (
      select id from turn where id = any(${uses.map((one) => one.turn_id)}::bigint[]) order by id for update
    )
    update turn
       set input_tokens = turn.input_tokens + given.input_tokens,
           output_tokens = turn.output_tokens + given.output_tokens,
           cache_read_tokens = turn.cache_read_tokens + given.cache_read_tokens,
           cache_write_tokens = turn.cache_write_tokens + given.cache_write_tokens,
           charged_cost_usd = turn.charged_cost_usd + given.charged_cost_usd
      from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as given(turn_id bigint, input_tokens bigint,
             output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, charged_cost_usd numeric)
     where turn.id = given.turn_id and exists (select from locked where locked.id = turn.id)
    returning turn.*`.execute(tx);
  return rows;
}
