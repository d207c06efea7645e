-- A cost is charged with the markup in force when it was received. AI: the markup on model calls.
create table pricing_markup_config (
  id bigint generated always as identity primary key,
  resource_kind text not null check (resource_kind in ('CPU', 'MEMORY', 'STORAGE', 'EGRESS', 'OTHER', 'AI')),
  markup_percent numeric(8,4) not null check (markup_percent >= 0),
  effective_from timestamptz not null,
  effective_to timestamptz,
  created_at timestamptz not null default now(),
  check (effective_to > effective_from),
  constraint pricing_markup_config_no_overlap
    exclude using gist (resource_kind with =, tstzrange(effective_from, effective_to) with &&)
);

-- Append-only, hourly or daily windows. Environment and project keep their values after those rows are deleted.
create table hosting_cost_event (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  environment_id bigint not null,
  project_id bigint,
  resource_kind text not null check (resource_kind in ('CPU', 'MEMORY', 'STORAGE', 'EGRESS', 'OTHER')),
  window_start timestamptz not null,
  window_end timestamptz not null,
  raw_cost_usd numeric(20,10) not null check (raw_cost_usd >= 0),
  charged_cost_usd numeric(20,10) not null check (charged_cost_usd >= 0),
  source_ref text,
  received_at timestamptz not null default now(),
  constraint hosting_cost_event_window check (extract(epoch from window_end - window_start) in (3600, 86400)),
  constraint hosting_cost_event_once unique nulls not distinct
    (tenant_id, environment_id, project_id, resource_kind, window_start, window_end)
);
create trigger append_only before update or delete on hosting_cost_event
  for each row execute function refuse_change();
create trigger append_only_truncate before truncate on hosting_cost_event execute function refuse_change();

create table hosting_invoice (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  period_start timestamptz not null,
  period_end timestamptz not null,
  total_charged_usd numeric(20,6) not null default 0,
  stripe_payment_intent_id text unique,
  status text not null default 'DRAFT' check (status in ('DRAFT', 'OPEN', 'PAID', 'FAILED', 'VOID')),
  attempt_count integer not null default 0 check (attempt_count >= 0),
  next_retry_at timestamptz,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  check (period_end > period_start),
  unique (tenant_id, period_start, period_end),
  unique (tenant_id, id)
);

create table hosting_invoice_line (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  invoice_id bigint not null,
  environment_id bigint not null,
  charged_amount_usd numeric(20,6) not null,
  environment_name_snapshot text not null,
  unique (invoice_id, environment_id),
  foreign key (tenant_id, invoice_id) references hosting_invoice (tenant_id, id) on delete cascade
);
create index on hosting_invoice_line (tenant_id, invoice_id);

-- Checked at commit, so that an invoice and its lines can be written in any order.
create function check_invoice_total() returns trigger
  language plpgsql as $$
declare
  checked_id bigint := case
    when tg_table_name = 'hosting_invoice' then (to_jsonb(new) ->> 'id')::bigint
    else (to_jsonb(coalesce(new, old)) ->> 'invoice_id')::bigint end;
begin
  if exists (
    select from hosting_invoice
    where id = checked_id and total_charged_usd <>
      (select coalesce(sum(charged_amount_usd), 0) from hosting_invoice_line where invoice_id = checked_id)
  ) then
    raise exception 'the total of invoice % is not the sum of its lines', checked_id
      using errcode = 'check_violation', table = 'hosting_invoice', constraint = 'hosting_invoice_total_is_sum';
  end if;
  return null;
end $$;
create constraint trigger total_is_sum after insert or update on hosting_invoice
  deferrable initially deferred for each row execute function check_invoice_total();
create constraint trigger total_is_sum after insert or update or delete on hosting_invoice_line
  deferrable initially deferred for each row execute function check_invoice_total();

create table hosting_credit_ledger (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  environment_id bigint,
  type text not null check (type in ('CREDIT', 'DEBIT')),
  source text not null check (source in ('HOSTING_USAGE', 'INVOICE_SETTLEMENT', 'ADJUSTMENT')),
  raw_amount_usd numeric(20,6) not null,
  charged_amount_usd numeric(20,6) not null,
  markup_percent_snapshot numeric(8,4),
  hosting_cost_event_id bigint references hosting_cost_event,
  billing_period_id bigint,
  ref_id text,
  created_at timestamptz not null default now(),
  constraint hosting_credit_ledger_usage_complete check (source <> 'HOSTING_USAGE' or (
    type = 'DEBIT' and hosting_cost_event_id is not null and markup_percent_snapshot is not null)),
  constraint hosting_credit_ledger_period_on_debit check (billing_period_id is null or type = 'DEBIT'),
  foreign key (tenant_id, billing_period_id) references hosting_invoice (tenant_id, id)
);
create unique index hosting_credit_ledger_cost_once on hosting_credit_ledger (hosting_cost_event_id)
  where source = 'HOSTING_USAGE';
create index on hosting_credit_ledger (hosting_cost_event_id);
create index on hosting_credit_ledger (tenant_id, billing_period_id);
create index on hosting_credit_ledger (tenant_id, created_at);

create trigger append_only before delete on hosting_credit_ledger
  for each row execute function refuse_change();
create trigger append_only_truncate before truncate on hosting_credit_ledger execute function refuse_change();
-- The one change: an unbilled row is tied to its invoice, once.
create trigger append_only_update before update on hosting_credit_ledger
  for each row when (not (
    old.billing_period_id is null and new.billing_period_id is not null
    and to_jsonb(old) - 'billing_period_id' = to_jsonb(new) - 'billing_period_id'))
  execute function refuse_change();

create table hosting_billing_account (
  id bigint generated always as identity primary key,
  tenant_id bigint not null unique references tenant,
  billing_anchor_day integer not null default 1 check (billing_anchor_day between 1 and 28),
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  accrued_charged_usd numeric(20,6) not null default 0,
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'CAP_REACHED', 'PAST_DUE', 'SUSPENDED')),
  trial_ends_at timestamptz,
  past_due_since timestamptz,
  suspended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (current_period_end > current_period_start)
);
call keep_updated_at('hosting_billing_account');

-- details_json: namespaces, workloads and their replicas before, so that a resume restores exactly those.
create table hosting_enforcement_log (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  action text not null check (action in ('SCALE_TO_ZERO', 'RESUME', 'SUSPEND_TENANT', 'WARN')),
  reason text not null,
  details_json jsonb,
  created_at timestamptz not null default now()
);
create index on hosting_enforcement_log (tenant_id, created_at);

call protect_shared_table('pricing_markup_config');
call protect_tenant_table('hosting_cost_event', 'select');
call protect_tenant_table('hosting_invoice', 'select');
call protect_tenant_table('hosting_invoice_line', 'select');
call protect_tenant_table('hosting_credit_ledger', 'select');
call protect_tenant_table('hosting_billing_account', 'select');
call protect_tenant_table('hosting_enforcement_log', 'select');
