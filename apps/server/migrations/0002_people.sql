create table users (
  id bigint generated always as identity primary key,
  email text not null check (char_length(email) between 3 and 254 and position('@' in email) > 1),
  password_hash text not null,
  name text not null check (char_length(name) <= 200),
  role text not null default 'USER' check (role in ('USER', 'ADMIN')),
  locale text not null default 'en' check (locale in ('en', 'cs')),
  sound_new_message boolean not null default true,
  sound_send_message boolean not null default true,
  sound_task_completed boolean not null default true,
  sound_task_error boolean not null default true,
  sound_master_volume integer not null default 70 check (sound_master_volume between 0 and 100),
  stripe_customer_id text unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz
);
create unique index users_email_key on users (lower(email));
call keep_updated_at('users');

create table refresh_token (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  token_hash text not null unique,
  family_id uuid not null,
  user_agent text,
  ip text,
  expires_at timestamptz not null default now() + interval '14 days',
  last_used_at timestamptz,
  replaced_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
create index on refresh_token (user_id);
create index on refresh_token (family_id);

create table password_reset_token (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  token_hash text not null unique,
  expires_at timestamptz not null default now() + interval '1 hour',
  used_at timestamptz,
  created_at timestamptz not null default now()
);
create index on password_reset_token (user_id);

-- key: an IP address or the hash of an email
create table auth_rate_limit_attempt (
  id bigint generated always as identity primary key,
  key text not null,
  kind text not null check (kind in ('LOGIN', 'PASSWORD_RESET', 'SIGN_UP')),
  created_at timestamptz not null default now()
);
create index on auth_rate_limit_attempt (kind, key, created_at);
create index on auth_rate_limit_attempt (created_at);

create table user_notification_preferences (
  user_id bigint primary key references users on delete cascade,
  email_billing_alerts boolean not null default true,
  email_security_alerts boolean not null default true,
  email_product_updates boolean not null default true,
  updated_at timestamptz(3) not null default now()
);
call keep_updated_at('user_notification_preferences');

create table gdpr_export_request (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  status text not null default 'PENDING' check (status in ('PENDING', 'PROCESSING', 'READY', 'EXPIRED')),
  export_url text,
  requested_at timestamptz not null default now(),
  completed_at timestamptz,
  expires_at timestamptz,
  check (status <> 'READY' or (export_url is not null and expires_at is not null))
);
create index on gdpr_export_request (user_id);

create table tenant (
  id bigint generated always as identity primary key,
  name text not null check (char_length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  owner_id bigint not null references users,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index on tenant (owner_id);
call keep_updated_at('tenant');

create table todo (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null references tenant,
  title varchar(255) not null check (title <> ''),
  completed boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index on todo (tenant_id, created_at);
call keep_updated_at('todo');

create table personal_token (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  tenant_id bigint not null references tenant,
  name text not null check (char_length(name) between 1 and 100),
  token_hash text not null unique,
  prefix text not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
create index on personal_token (tenant_id);
create index on personal_token (user_id);

-- The answer to a creating call, given again when the call is repeated with the same key.
create table idempotency_key (
  user_id bigint not null references users on delete cascade,
  key text not null check (char_length(key) between 1 and 255),
  fingerprint text not null,
  status_code integer,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index on idempotency_key (created_at);

call protect_table('refresh_token');
call protect_table('password_reset_token');
call protect_table('auth_rate_limit_attempt');
call protect_table('user_notification_preferences');
call protect_table('gdpr_export_request');
call protect_tenant_table('todo');
call protect_tenant_table('personal_token');

call protect_table('tenant');
create policy tenant_scope on tenant to talkide_tenant
  using (id = current_tenant_id()) with check (id = current_tenant_id());
grant select, update (name) on tenant to talkide_tenant;

-- The tenant scope sees the people of its tenant, without their password hash.
create function is_member(user_id bigint) returns boolean
  language sql stable
  return exists (select from tenant where id = current_tenant_id() and owner_id = user_id);

call protect_table('users');
create policy tenant_scope on users for select to talkide_tenant using (is_member(id));
grant select (id, email, name, role, locale, created_at, deleted_at) on users to talkide_tenant;

call protect_table('idempotency_key');
create policy tenant_scope on idempotency_key to talkide_tenant
  using (is_member(user_id)) with check (is_member(user_id));
grant select, insert, update, delete on idempotency_key to talkide_tenant;
