-- Fast inference has rates of its own.
alter table model_price
  add column speed text not null default 'standard' check (speed in ('standard', 'fast')),
  drop constraint model_price_no_overlap,
  add constraint model_price_no_overlap
    exclude using gist (model with =, speed with =, tstzrange(effective_from, effective_to) with &&);

-- What a call was, beyond its tokens.
alter table usage_event
  add column session_id text,
  add column inference_geo text,
  add column speed text,
  -- Made by the gateway before the call, so that a repeated write is seen.
  add column call_id uuid unique;

-- Spend of the running month (UTC), and what 80 % and 100 % are measured against: the credit right after it last grew.
alter table user_budget
  add column turn_cap_usd numeric(10,2) check (turn_cap_usd > 0),
  add column month_start timestamptz not null default date_trunc('month', now(), 'UTC'),
  add column month_spent_usd numeric(20,10) not null default 0,
  add column credit_base_usd numeric(20,10) not null default 0,
  add column credit_period integer not null default 0;

create table project_budget (
  project_id bigint primary key,
  tenant_id bigint not null,
  monthly_cap_usd numeric(10,2) check (monthly_cap_usd > 0),
  month_start timestamptz not null default date_trunc('month', now(), 'UTC'),
  month_spent_usd numeric(20,10) not null default 0,
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
call keep_updated_at('project_budget');
create index on project_budget (tenant_id, project_id);

-- Credit set aside by one gateway process for the calls of one turn. It is worth nothing once it has expired.
create table credit_hold (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  user_id bigint not null references users on delete cascade,
  project_id bigint not null,
  turn_id bigint not null,
  holder uuid not null,
  amount_usd numeric(20,10) not null check (amount_usd >= 0),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  unique (turn_id, holder)
);
create index on credit_hold (tenant_id);
create index on credit_hold (user_id);
create index on credit_hold (project_id);
create index on credit_hold (expires_at);

-- Why the gateway refused a turn's calls, where that ended the turn; and when its cost was given back.
alter table turn
  add column cap_usd numeric(20,10) check (cap_usd > 0),
  add column refused_by text check (refused_by in
    ('NO_CREDIT', 'MONTHLY_LIMIT', 'PROJECT_CAP', 'TURN_CAP', 'FAIR_USE', 'TURNS_OFF')),
  add column waived_at timestamptz;

-- Gateways keep the tokens of running turns in memory: they hear of every one that ends.
create function tell_turn_token_ended() returns trigger
  language plpgsql as $$
begin
  perform pg_notify('talkide_turn_token', old.token_hash);
  return null;
end $$;
create trigger turn_token_ended after update of token_hash, status on turn for each row
  when (old.token_hash is not null and (new.token_hash is distinct from old.token_hash or new.status <> 'RUNNING'))
  execute function tell_turn_token_ended();
create trigger turn_token_gone after delete on turn for each row
  when (old.token_hash is not null) execute function tell_turn_token_ended();

-- Everything that moves credit except model calls, append-only. What a user has left is the sum of these amounts minus
-- the sum of usage_event.charged_cost_usd. `source` names what the entry stems from, so that it counts once.
create table credit_entry (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  user_id bigint not null references users,
  kind text not null check (kind in
    ('STARTING', 'TOP_UP', 'REFUND', 'REFUND_FAILED', 'DISPUTE', 'DISPUTE_WON', 'WAIVER', 'ADJUSTMENT')),
  amount_usd numeric(20,10) not null check (amount_usd <> 0),
  credit_topup_id bigint references credit_topup,
  turn_id bigint,
  source text not null unique,
  created_at timestamptz not null default now(),
  check ((kind in ('STARTING', 'TOP_UP', 'REFUND_FAILED', 'DISPUTE_WON', 'WAIVER')) <= (amount_usd > 0)),
  check ((kind in ('REFUND', 'DISPUTE')) <= (amount_usd < 0))
);
create index on credit_entry (tenant_id, id);
create index on credit_entry (user_id, created_at);
create index on credit_entry (credit_topup_id);
create index on credit_entry (turn_id) where turn_id is not null;
create trigger append_only before update or delete on credit_entry for each row execute function refuse_change();
create trigger append_only_truncate before truncate on credit_entry execute function refuse_change();

alter table credit_topup
  add column refunded_usd numeric(10,2) not null default 0 check (refunded_usd between 0 and amount_usd),
  add column disputed boolean not null default false,
  add column failure_code text,
  add column receipt_url text;

alter table stripe_webhook_events add column handled_at timestamptz;

-- One warning for each threshold of each period.
create table budget_alert (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  kind text not null check (kind in ('CREDIT', 'MONTH')),
  period text not null,
  threshold integer not null check (threshold in (80, 100)),
  created_at timestamptz not null default now(),
  unique (user_id, kind, period, threshold)
);

-- Calls of a user on a day (UTC), for fair use.
create table fair_use_counter (
  user_id bigint not null references users on delete cascade,
  day_start timestamptz not null,
  calls bigint not null check (calls >= 0),
  primary key (user_id, day_start)
);

call protect_tenant_table('project_budget');
call protect_tenant_table('credit_hold', 'select');
call protect_tenant_table('credit_entry', 'select');
call protect_table('budget_alert');
call protect_table('fair_use_counter');

-- Credit that people had before there were entries.
set local role talkide_system;
insert into credit_entry (tenant_id, user_id, kind, amount_usd, source)
select tenant.id, budget.user_id, 'STARTING', budget.ai_credit_initial_usd, 'starting:' || budget.user_id
from user_budget as budget join tenant on tenant.owner_id = budget.user_id
where budget.ai_credit_initial_usd > 0;
update user_budget set ai_credit_usd = ai_credit_initial_usd - coalesce(
  (select sum(charged_cost_usd) from usage_event where usage_event.user_id = user_budget.user_id), 0);
update user_budget set credit_base_usd = ai_credit_usd, month_spent_usd = coalesce(
  (select sum(charged_cost_usd) from usage_event
    where usage_event.user_id = user_budget.user_id and created_at >= date_trunc('month', now(), 'UTC')), 0);

-- And the calls from before they were rolled up.
insert into api_usage_ledger
  (tenant_id, user_id, conversation_id, raw_cost_usd, charged_cost_usd, window_start, window_end)
select tenant_id, user_id, conversation_id, sum(raw_cost_usd), sum(charged_cost_usd), hour, hour + interval '1 hour'
  from usage_event, date_trunc('hour', created_at, 'UTC') as hour
 group by tenant_id, user_id, conversation_id, hour
on conflict do nothing;
