-- Every transactional email, SENT or FAILED. The status is free text: providers add their own.
create table email_log (
  id bigint generated always as identity primary key,
  type text not null,
  recipient text not null,
  subject text not null,
  provider_message_id text,
  status text not null,
  error text,
  created_at timestamptz not null default now()
);
create index on email_log (created_at);
create index on email_log (lower(recipient), created_at);

-- The outbox of mail, and on the embedded default the operator's mailbox.
create table mail (
  id bigint generated always as identity primary key,
  user_id bigint references users on delete set null,
  type text not null,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text,
  status text not null default 'PENDING' check (status in ('PENDING', 'SENT', 'FAILED')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index mail_outbox on mail (next_attempt_at) where status = 'PENDING';
create index on mail (created_at);
create index on mail (user_id);

create table platform_kill_switch (
  id bigint generated always as identity primary key,
  key text not null unique,
  enabled boolean not null default false,
  reason text,
  updated_at timestamptz(3) not null default now()
);
call keep_updated_at('platform_kill_switch');

create table operator_audit (
  id bigint generated always as identity primary key,
  user_id bigint references users,
  action text not null,
  details_json jsonb,
  created_at timestamptz not null default now()
);
create index on operator_audit (created_at);
create index on operator_audit (user_id);
create trigger append_only before update or delete on operator_audit
  for each row execute function refuse_change();

call protect_table('email_log');
call protect_table('operator_audit');
call protect_shared_table('platform_kill_switch');

-- The tenant scope may put mail to its own people into the outbox, in the commit that it tells about.
call protect_table('mail');
create policy tenant_scope on mail for insert to talkide_tenant with check (is_member(user_id));
grant insert on mail to talkide_tenant;
