import type { PlatformUsage } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { type DayRange, daysOf } from '../period.ts';
import { spendSums, spentCalls, tokenSums } from '../spent-calls.ts';
import { marginView, nothing, type SpendRow, type TokenRow, tokensView } from '../views.ts';

/** As many days as a period may have, and as many tenants and models are shown. */
const MOST_ROWS = 366;

interface PartRow extends SpendRow, TokenRow {
  part: 'total' | 'day' | 'tenant' | 'model';
  day: string | null;
  tenant_id: string | null;
  slug: string | null;
  model: string | null;
  raw_usd: string;
}

/** Spend and margin of the whole platform, for the system scope. One statement: its parts are of one moment. */
export async function summarisePlatform(tx: Tx, period: DayRange): Promise<PlatformUsage> {
  const rows = await readParts(tx, period);
  const part = (name: PartRow['part']) => rows.filter((row) => row.part === name);
  const byDay = new Map(part('day').map((row) => [row.day, row]));
  const [total] = part('total');
  if (!total) throw new Error('the summary has no total');
  return {
    ...period,
    total: { ...marginView(total), ...tokensView(total) },
    days: daysOf(period).map((day) => ({ day, ...marginView(byDay.get(day) ?? { ...nothing, raw_usd: '0' }) })),
    tenants: part('tenant').map((row) => ({
      tenantId: row.tenant_id ?? '',
      slug: row.slug ?? '',
      ...marginView(row),
    })),
    models: part('model').map((row) => ({ model: row.model ?? '', ...marginView(row), ...tokensView(row) })),
  };
}

async function readParts(tx: Tx, period: DayRange): Promise<PartRow[]> {
  const result = await sql<PartRow>`
    with ${spentCalls({ tenantId: null, period })},
    part as (
      select
        case
          when grouping(day) = 0 then 'day'
          when grouping(tenant_id) = 0 then 'tenant'
          when grouping(model) = 0 then 'model'
          else 'total'
        end as part,
        day, tenant_id, model, ${spendSums}, coalesce(sum(raw_cost_usd), 0) as raw_usd, ${tokenSums}
      from spent
      group by grouping sets ((), (day), (tenant_id), (model))
    ),
    ranked as (
      select part.*,
        row_number() over (partition by part order by charged_usd desc, calls desc, tenant_id, model) as place
      from part
    )
    select ranked.part, to_char(ranked.day, 'YYYY-MM-DD') as day, ranked.tenant_id, tenant.slug, ranked.model,
      ranked.calls, ranked.charged_usd, ranked.waived_usd, ranked.raw_usd,
      ranked.input_tokens, ranked.output_tokens, ranked.cache_read_tokens, ranked.cache_write_tokens
    from ranked left join tenant on tenant.id = ranked.tenant_id
    where ranked.place <= ${MOST_ROWS}
    order by ranked.part, ranked.place`.execute(tx);
  return result.rows;
}
