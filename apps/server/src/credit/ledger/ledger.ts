import { sql } from 'kysely';
import type { Database } from '../../platform/db/index.ts';

/** A row of `api_usage_ledger` that is not what its calls add up to. Amounts in US dollars; null: no such row. */
export interface Drift {
  tenantId: string;
  userId: string;
  conversationId: string | null;
  windowStart: Date;
  recorded: { rawUsd: string; chargedUsd: string } | null;
  rebuilt: { rawUsd: string; chargedUsd: string } | null;
}

const MOST_LISTED = 100;

/** Adds the calls up again by user, conversation and hour, and compares; in one snapshot, while calls go on. */
export async function verifyLedger(db: Database): Promise<{ rows: number; drift: Drift[] }> {
  return db.system(async (tx) => {
    const { rows } = await sql<{
      tenant_id: string;
      user_id: string;
      conversation_id: string | null;
      window_start: Date;
      was_raw: string | null;
      was_charged: string | null;
      is_raw: string | null;
      is_charged: string | null;
    }>`
      with rebuilt as (
        select tenant_id, user_id, conversation_id, date_trunc('hour', created_at, 'UTC') as window_start,
               sum(raw_cost_usd) as raw, sum(charged_cost_usd) as charged
          from usage_event
         group by tenant_id, user_id, conversation_id, window_start
      )
      select coalesce(ledger.tenant_id, rebuilt.tenant_id) as tenant_id, coalesce(ledger.user_id, rebuilt.user_id) as user_id,
             coalesce(ledger.conversation_id, rebuilt.conversation_id) as conversation_id,
             coalesce(ledger.window_start, rebuilt.window_start) as window_start,
             ledger.raw_cost_usd as was_raw, ledger.charged_cost_usd as was_charged,
             rebuilt.raw as is_raw, rebuilt.charged as is_charged
        from api_usage_ledger as ledger
        full join rebuilt on ledger.tenant_id = rebuilt.tenant_id and ledger.user_id = rebuilt.user_id
             and coalesce(ledger.conversation_id, 0) = coalesce(rebuilt.conversation_id, 0)
             and ledger.window_start = rebuilt.window_start and ledger.window_end = rebuilt.window_start + interval '1 hour'
       where ledger.raw_cost_usd is distinct from rebuilt.raw or ledger.charged_cost_usd is distinct from rebuilt.charged
       order by window_start, tenant_id
       limit ${MOST_LISTED}`.execute(tx);
    const count = await tx
      .selectFrom('api_usage_ledger')
      .select((eb) => eb.fn.countAll<string>().as('rows'))
      .executeTakeFirstOrThrow();
    const amounts = (rawUsd: string | null, chargedUsd: string | null) =>
      rawUsd === null || chargedUsd === null ? null : { rawUsd, chargedUsd };
    return {
      rows: Number(count.rows),
      drift: rows.map((row) => ({
        tenantId: row.tenant_id,
        userId: row.user_id,
        conversationId: row.conversation_id,
        windowStart: row.window_start,
        recorded: amounts(row.was_raw, row.was_charged),
        rebuilt: amounts(row.is_raw, row.is_charged),
      })),
    };
  });
}
