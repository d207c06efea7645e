-- Whose a top-up is, in its row and in row-level security. The one who paid may see it; only the platform writes it.
alter table credit_topup add column tenant_id bigint references tenant;
set local role talkide_system;
update credit_topup set tenant_id = (select min(id) from tenant where tenant.owner_id = credit_topup.user_id);
set local role talkide_owner;
alter table credit_topup alter column tenant_id set not null;
create policy tenant_scope on credit_topup for select to talkide_tenant using (tenant_id = current_tenant_id());
grant select on credit_topup to talkide_tenant;
drop index credit_topup_user_id_idx;
create index on credit_topup (tenant_id);
create index on credit_topup (user_id, id);

-- Webhooks are handled one by one after they were taken, and again later where that failed.
alter table stripe_webhook_events
  add column attempts integer not null default 0,
  add column next_attempt_at timestamptz not null default now(),
  -- Why the last attempt failed.
  add column error text;
create index on stripe_webhook_events (next_attempt_at) where handled_at is null;
create index on stripe_webhook_events (type);

-- The Idempotency-Key of the call that began a top-up. Answers hold secrets of payments, so they are not kept elsewhere.
alter table credit_topup add column request_key text, add unique (user_id, request_key);
