-- Rates of a model in USD for a million tokens. The long_ rates hold for the whole request once its prompt has more
-- tokens than the threshold.
create table model_price (
  id bigint generated always as identity primary key,
  model text not null,
  effective_from timestamptz not null,
  effective_to timestamptz,
  input_per_mtok numeric(12,6) not null check (input_per_mtok >= 0),
  output_per_mtok numeric(12,6) not null check (output_per_mtok >= 0),
  cache_write_5m_per_mtok numeric(12,6) not null check (cache_write_5m_per_mtok >= 0),
  cache_write_1h_per_mtok numeric(12,6) not null check (cache_write_1h_per_mtok >= 0),
  cache_read_per_mtok numeric(12,6) not null check (cache_read_per_mtok >= 0),
  long_prompt_threshold_tokens bigint check (long_prompt_threshold_tokens > 0),
  long_input_per_mtok numeric(12,6) check (long_input_per_mtok >= 0),
  long_output_per_mtok numeric(12,6) check (long_output_per_mtok >= 0),
  long_cache_write_5m_per_mtok numeric(12,6) check (long_cache_write_5m_per_mtok >= 0),
  long_cache_write_1h_per_mtok numeric(12,6) check (long_cache_write_1h_per_mtok >= 0),
  long_cache_read_per_mtok numeric(12,6) check (long_cache_read_per_mtok >= 0),
  web_search_usd numeric(12,6) not null default 0.01 check (web_search_usd >= 0),
  created_at timestamptz not null default now(),
  check (effective_to > effective_from),
  constraint model_price_long_rates_complete check (num_nonnulls(
    long_prompt_threshold_tokens, long_input_per_mtok, long_output_per_mtok, long_cache_write_5m_per_mtok,
    long_cache_write_1h_per_mtok, long_cache_read_per_mtok) in (0, 6)),
  constraint model_price_no_overlap
    exclude using gist (model with =, tstzrange(effective_from, effective_to) with &&)
);

-- One call of the model. What was spent outlives what it was spent on: project, conversation and turn keep their
-- values after those rows are deleted.
create table usage_event (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  user_id bigint not null references users,
  project_id bigint,
  conversation_id bigint,
  turn_id bigint,
  agent_role text,
  model text not null,
  request_id text,
  input_tokens bigint not null default 0 check (input_tokens >= 0),
  output_tokens bigint not null default 0 check (output_tokens >= 0),
  cache_read_tokens bigint not null default 0 check (cache_read_tokens >= 0),
  cache_write_tokens bigint not null default 0 check (cache_write_tokens >= 0),
  cache_write_5m_tokens bigint not null default 0 check (cache_write_5m_tokens >= 0),
  cache_write_1h_tokens bigint not null default 0 check (cache_write_1h_tokens >= 0),
  web_search_requests bigint not null default 0 check (web_search_requests >= 0),
  raw_cost_usd numeric(20,10) not null check (raw_cost_usd >= 0),
  charged_cost_usd numeric(20,10) not null check (charged_cost_usd >= 0),
  executor_type text not null check (executor_type in ('CLI', 'SIDECAR', 'NETWORK_WORKER')),
  model_price_id bigint references model_price,
  service_tier text,
  latency_ms integer check (latency_ms >= 0),
  outcome text,
  estimated boolean not null default false,
  created_at timestamptz not null default now(),
  constraint usage_event_cli_is_free
    check (executor_type <> 'CLI' or (raw_cost_usd = 0 and charged_cost_usd = 0))
);
create index on usage_event (tenant_id, created_at);
create index on usage_event (user_id, created_at);
create index on usage_event (turn_id);
create index on usage_event (request_id);
create index on usage_event (model_price_id);

-- usage_event rolled up by user, conversation and window; rebuilding it gives the same rows.
create table api_usage_ledger (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  user_id bigint not null references users,
  conversation_id bigint,
  raw_cost_usd numeric(20,10) not null check (raw_cost_usd >= 0),
  charged_cost_usd numeric(20,10) not null check (charged_cost_usd >= 0),
  window_start timestamptz not null,
  window_end timestamptz not null,
  created_at timestamptz not null default now(),
  check (window_end > window_start),
  unique nulls not distinct (tenant_id, user_id, conversation_id, window_start, window_end)
);
create index on api_usage_ledger (user_id, window_start);

create table user_budget (
  id bigint generated always as identity primary key,
  user_id bigint not null unique references users on delete cascade,
  ai_credit_usd numeric(20,10) not null default 0,
  ai_credit_initial_usd numeric(20,10) not null default 0 check (ai_credit_initial_usd >= 0),
  spending_limit_usd numeric(10,2) check (spending_limit_usd >= 0),
  updated_at timestamptz(3) not null default now()
);
call keep_updated_at('user_budget');

create table credit_topup (
  id bigint generated always as identity primary key,
  user_id bigint not null references users,
  amount_usd numeric(10,2) not null check (amount_usd between 5 and 500),
  stripe_payment_intent_id text unique,
  status text not null default 'PENDING' check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  created_at timestamptz not null default now(),
  completed_at timestamptz
);
create index on credit_topup (user_id);

-- payload_json is text: the bytes as they came, for replay.
create table stripe_webhook_events (
  id bigint generated always as identity primary key,
  stripe_event_id text not null unique,
  type text not null,
  payload_json text not null,
  received_at timestamptz not null default now()
);

call protect_shared_table('model_price');
call protect_tenant_table('usage_event', 'select');
call protect_tenant_table('api_usage_ledger', 'select');
call protect_table('user_budget');
call protect_table('credit_topup');
call protect_table('stripe_webhook_events');
