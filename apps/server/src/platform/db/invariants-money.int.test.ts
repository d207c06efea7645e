import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PopulatedTenant, populateTenant, rejectedBy, testDatabase } from '../../testing/index.ts';

const { db } = await testDatabase();
let ada: PopulatedTenant;
beforeAll(async () => {
  ada = await populateTenant(db, 'ada@example.com');
});

const rejected = (statement: Parameters<typeof rejectedBy>[1]) => rejectedBy(db, statement);

describe('AI credit', () => {
  const usage = (executor: string, raw: string, inputTokens = '1') =>
    sql`insert into usage_event (tenant_id, user_id, model, input_tokens, raw_cost_usd, charged_cost_usd, executor_type)
        values (${ada.tenantId}, ${ada.userId}, 'talkide-demo', ${inputTokens}, ${raw}, ${raw}, ${executor})`;

  it('counts no negative tokens or costs, and a local CLI is free', async () => {
    expect(await rejected(usage('NETWORK_WORKER', '-0.01'))).toBe('usage_event_charged_cost_usd_check');
    expect(await rejected(usage('NETWORK_WORKER', '0', '-1'))).toBe('usage_event_input_tokens_check');
    expect(await rejected(usage('CLI', '0.01'))).toBe('usage_event_cli_is_free');
    expect(await rejected(usage('CLI', '0'))).toBeUndefined();
    expect(await rejected(usage('LAMBDA', '0'))).toBe('usage_event_executor_type_check');
  });

  it('keeps ten decimal places exactly', async () => {
    expect(await rejected(usage('NETWORK_WORKER', '0.0000000001', '7'))).toBeUndefined();
    const row = await db.tenant(ada.tenantId, (tx) =>
      tx
        .selectFrom('usage_event')
        .select(['raw_cost_usd', 'input_tokens'])
        .where('input_tokens', '=', '7')
        .executeTakeFirst(),
    );
    expect(row).toEqual({ raw_cost_usd: '0.0000000001', input_tokens: '7' });
  });

  it('rolls a window up once, also where there is no conversation', async () => {
    const window = sql`
      insert into api_usage_ledger (tenant_id, user_id, raw_cost_usd, charged_cost_usd, window_start, window_end)
      values (${ada.tenantId}, ${ada.userId}, 1, 1, '2026-11-01Z', '2026-11-02Z')`;
    expect(await rejected(window)).toMatch(/^api_usage_ledger_.*_key$/);
  });

  it.each([
    ['4.99', 'credit_topup_amount_usd_check'],
    ['5', undefined],
    ['500', undefined],
    ['500.01', 'credit_topup_amount_usd_check'],
  ])('tops up by %s', async (amount, constraint) => {
    const topup = sql`insert into credit_topup (tenant_id, user_id, amount_usd)
                      values (${ada.tenantId}, ${ada.userId}, ${amount})`;
    expect(await rejected(topup)).toBe(constraint);
  });

  it('takes a payment, a webhook and a budget once', async () => {
    const topup = (status: string, intent: string) =>
      sql`insert into credit_topup (tenant_id, user_id, amount_usd, status, stripe_payment_intent_id)
          values (${ada.tenantId}, ${ada.userId}, 10, ${status}, ${intent})`;
    expect(await rejected(topup('SUCCEEDED', 'pi_1'))).toBeUndefined();
    expect(await rejected(topup('PENDING', 'pi_1'))).toBe('credit_topup_stripe_payment_intent_id_key');
    expect(await rejected(topup('REFUNDED', 'pi_2'))).toBe('credit_topup_status_check');
    const webhook = sql`insert into stripe_webhook_events (stripe_event_id, type, payload_json)
                        values ('evt_1', 'invoice.paid', '{}')`;
    expect(await rejected(webhook)).toBeUndefined();
    expect(await rejected(webhook)).toBe('stripe_webhook_events_stripe_event_id_key');
    const budget = (limit: string) =>
      sql`insert into user_budget (user_id, spending_limit_usd) values (${ada.userId}, ${limit})`;
    expect(await rejected(budget('-1'))).toBe('user_budget_spending_limit_usd_check');
    expect(await rejected(budget('20'))).toBeUndefined();
    expect(await rejected(budget('20'))).toBe('user_budget_user_id_key');
  });
});

describe('prices', () => {
  const price = (model: string, from: string, to: string | null) =>
    sql`insert into model_price (model, effective_from, effective_to, input_per_mtok, output_per_mtok,
          cache_write_5m_per_mtok, cache_write_1h_per_mtok, cache_read_per_mtok)
        values (${model}, ${from}, ${to}, 1, 1, 1, 1, 1)`;
  const markup = (kind: string, from: string, to: string | null) =>
    sql`insert into pricing_markup_config (resource_kind, markup_percent, effective_from, effective_to)
        values (${kind}, 20, ${from}, ${to})`;

  it('of one model never overlap, of two may', async () => {
    expect(await rejected(price('m', '2026-01-01Z', '2026-06-01Z'))).toBeUndefined();
    expect(await rejected(price('m', '2026-05-31Z', null))).toBe('model_price_no_overlap');
    expect(await rejected(price('n', '2026-05-31Z', null))).toBeUndefined();
    expect(await rejected(price('m', '2026-06-01Z', null))).toBeUndefined();
    expect(await rejected(price('o', '2026-06-01Z', '2026-06-01Z'))).toBe('model_price_check');
  });

  it('have all rates for long prompts or none', async () => {
    const half = sql`update model_price set long_input_per_mtok = 1 where model = 'n'`;
    expect(await rejected(half)).toBe('model_price_long_rates_complete');
  });

  it('are known for every model of the platform, today and before the last change', async () => {
    const { rows } = await db.system((tx) =>
      sql`select model, cache_read_per_mtok as read from model_price
           where model in ('claude-sonnet-5-5', 'talkide-demo')
             and effective_from <= '2026-10-06Z' and (effective_to is null or effective_to > '2026-10-06Z')
          union all
          select model, cache_read_per_mtok from model_price
           where model = 'claude-sonnet-5-5' and effective_to is null order by 1, 2`.execute(tx),
    );
    expect(rows).toEqual([
      { model: 'claude-sonnet-5-5', read: '0.100000' },
      { model: 'claude-sonnet-5-5', read: '0.200000' },
      { model: 'talkide-demo', read: '0.100000' },
    ]);
  });

  it('have one markup in force for a resource', async () => {
    expect(await rejected(markup('CPU', '2026-01-01Z', null))).toBeUndefined();
    expect(await rejected(markup('CPU', '2026-07-01Z', '2026-08-01Z'))).toBe('pricing_markup_config_no_overlap');
    expect(await rejected(markup('CPU', '2025-01-01Z', '2026-01-01Z'))).toBeUndefined();
    expect(await rejected(markup('GPU', '2026-01-01Z', null))).toBe('pricing_markup_config_resource_kind_check');
  });
});

describe('hosting costs', () => {
  const cost = (start: string, end: string, kind = 'CPU', raw = '1') =>
    sql`insert into hosting_cost_event
          (tenant_id, environment_id, resource_kind, window_start, window_end, raw_cost_usd, charged_cost_usd)
        values (${ada.tenantId}, ${ada.environmentId}, ${kind}, ${start}, ${end}, ${raw}, 1)`;

  it('count a window once, hourly or daily', async () => {
    expect(await rejected(cost('2026-11-01 10:00Z', '2026-11-01 11:00Z'))).toBe('hosting_cost_event_once');
    expect(await rejected(cost('2026-11-01 10:00Z', '2026-11-01 11:00Z', 'MEMORY'))).toBeUndefined();
    expect(await rejected(cost('2026-11-01Z', '2026-11-02Z'))).toBeUndefined();
    expect(await rejected(cost('2026-11-03 10:00Z', '2026-11-03 12:00Z'))).toBe('hosting_cost_event_window');
    expect(await rejected(cost('2026-11-03 11:00Z', '2026-11-03 10:00Z'))).toBe('hosting_cost_event_window');
    expect(await rejected(cost('2026-11-03 10:00Z', '2026-11-03 11:00Z', 'GPU'))).toBe(
      'hosting_cost_event_resource_kind_check',
    );
    expect(await rejected(cost('2026-11-03 10:00Z', '2026-11-03 11:00Z', 'CPU', '-1'))).toBe(
      'hosting_cost_event_raw_cost_usd_check',
    );
  });

  it('are never changed or deleted', async () => {
    expect(await rejected(sql`update hosting_cost_event set raw_cost_usd = 0`)).toBe('hosting_cost_event_append_only');
    expect(await rejected(sql`delete from hosting_cost_event`)).toBe('hosting_cost_event_append_only');
  });

  it('enforce with known actions', async () => {
    const action = sql`insert into hosting_enforcement_log (tenant_id, action, reason)
                       values (${ada.tenantId}, 'EXPLODE', 'MANUAL_ADMIN')`;
    expect(await rejected(action)).toBe('hosting_enforcement_log_action_check');
  });
});

describe('the hosting ledger', () => {
  const entry = (columns: Record<string, unknown>) => {
    const row = { tenant_id: ada.tenantId, type: 'DEBIT', source: 'ADJUSTMENT', ...columns };
    const names = sql.join(Object.keys(row).map((name) => sql.ref(name)));
    return sql`insert into hosting_credit_ledger (${names}, raw_amount_usd, charged_amount_usd)
               values (${sql.join(Object.values(row))}, 1, 1)`;
  };
  const change = (assignment: ReturnType<typeof sql>) =>
    sql`update hosting_credit_ledger set ${assignment} where id = ${ada.ledgerId}`;

  it('debits a cost once, complete', async () => {
    const usage = { source: 'HOSTING_USAGE', markup_percent_snapshot: 20 };
    const debit = { ...usage, hosting_cost_event_id: ada.costEventId };
    expect(await rejected(entry(debit))).toBe('hosting_credit_ledger_cost_once');
    expect(await rejected(entry(usage))).toBe('hosting_credit_ledger_usage_complete');
    expect(await rejected(entry({ ...debit, type: 'CREDIT' }))).toBe('hosting_credit_ledger_usage_complete');
    expect(await rejected(entry({ hosting_cost_event_id: ada.costEventId }))).toBeUndefined();
  });

  it('knows two types and three sources; only debits are invoiced', async () => {
    expect(await rejected(entry({ type: 'GIFT' }))).toBe('hosting_credit_ledger_type_check');
    expect(await rejected(entry({ source: 'TOPUP' }))).toBe('hosting_credit_ledger_source_check');
    const credit = entry({ type: 'CREDIT', billing_period_id: ada.invoiceId });
    expect(await rejected(credit)).toBe('hosting_credit_ledger_period_on_debit');
  });

  it('refuses every update but the one that ties a row to its invoice, once, and every delete', async () => {
    const refusal = 'hosting_credit_ledger_append_only';
    expect(await rejected(change(sql`charged_amount_usd = 0`))).toBe(refusal);
    expect(await rejected(change(sql`created_at = created_at`))).toBe(refusal);
    expect(await rejected(change(sql`billing_period_id = ${ada.invoiceId}, ref_id = 'x'`))).toBe(refusal);
    expect(await rejected(change(sql`billing_period_id = ${ada.invoiceId}`))).toBeUndefined();
    expect(await rejected(change(sql`billing_period_id = null`))).toBe(refusal);
    expect(await rejected(change(sql`billing_period_id = ${ada.invoiceId}`))).toBe(refusal);
    expect(await rejected(sql`delete from hosting_credit_ledger`)).toBe(refusal);
  });
});

describe('invoices', () => {
  it('are one for a tenant and period, in known statuses', async () => {
    const invoice = (start: string, end: string, status = 'DRAFT') =>
      sql`insert into hosting_invoice (tenant_id, period_start, period_end, status)
          values (${ada.tenantId}, ${start}, ${end}, ${status})`;
    expect(await rejected(invoice('2026-11-01Z', '2026-12-01Z'))).toMatch(/^hosting_invoice_tenant_id_period_.*key$/);
    expect(await rejected(invoice('2026-12-01Z', '2027-01-01Z', 'SENT'))).toBe('hosting_invoice_status_check');
    expect(await rejected(invoice('2026-12-01Z', '2026-12-01Z'))).toBe('hosting_invoice_check');
  });

  it('total what their lines say, at commit', async () => {
    const total = sql`update hosting_invoice set total_charged_usd = 1 where id = ${ada.invoiceId}`;
    expect(await rejected(total)).toBe('hosting_invoice_total_is_sum');
    const line = sql`update hosting_invoice_line set charged_amount_usd = 1 where invoice_id = ${ada.invoiceId}`;
    expect(await rejected(line)).toBe('hosting_invoice_total_is_sum');
    await db.system(async (tx) => {
      await line.execute(tx);
      await total.execute(tx);
    });
  });

  it('belong to one billing account with a day that every month has', async () => {
    const account = sql`insert into hosting_billing_account (tenant_id, current_period_start, current_period_end)
                        values (${ada.tenantId}, '2026-11-01Z', '2026-12-01Z')`;
    expect(await rejected(account)).toBe('hosting_billing_account_tenant_id_key');
    const day = sql`update hosting_billing_account set billing_anchor_day = 31`;
    expect(await rejected(day)).toBe('hosting_billing_account_billing_anchor_day_check');
    const status = sql`update hosting_billing_account set status = 'CLOSED'`;
    expect(await rejected(status)).toBe('hosting_billing_account_status_check');
  });
});
