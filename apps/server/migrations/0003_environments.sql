create table environment (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  kind text not null check (kind in ('DEFAULT', 'USER_CREATED')),
  name text not null check (char_length(name) between 1 and 200),
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  resource_mode text not null default 'SHARED' check (resource_mode in ('SHARED', 'DEDICATED')),
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'SUSPENDED', 'DEPROVISIONING')),
  deletable boolean not null,
  namespace_ref text,
  config jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, slug),
  unique (tenant_id, id),
  constraint environment_default_not_deletable check (kind <> 'DEFAULT' or not deletable)
);
create unique index environment_one_default on environment (tenant_id) where kind = 'DEFAULT';
call keep_updated_at('environment');

create function refuse_default_environment_delete() returns trigger
  language plpgsql as $$
begin
  raise exception 'the DEFAULT environment of a tenant cannot be deleted'
    using errcode = 'restrict_violation', table = 'environment', constraint = 'environment_default_not_deletable';
end $$;
create trigger refuse_default_delete before delete on environment
  for each row when (old.kind = 'DEFAULT') execute function refuse_default_environment_delete();

-- A DEFAULT environment turned into another kind would be deletable after all.
create function refuse_environment_kind_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'the kind of an environment never changes'
    using errcode = 'restrict_violation', table = 'environment', constraint = 'environment_kind_fixed';
end $$;
create trigger refuse_kind_change before update of kind on environment
  for each row when (new.kind <> old.kind) execute function refuse_environment_kind_change();

-- environment_id keeps its value after the environment is deleted: this is a log.
create table environment_cutover_log (
  id bigint generated always as identity primary key,
  environment_id bigint not null,
  tenant_id bigint not null references tenant,
  old_namespace_ref text not null,
  new_namespace_ref text not null,
  status text not null default 'IN_PROGRESS' check (status in ('IN_PROGRESS', 'COMPLETED', 'FAILED', 'ROLLED_BACK')),
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  error_message text
);
create index on environment_cutover_log (tenant_id, environment_id);

call protect_tenant_table('environment');
call protect_tenant_table('environment_cutover_log', 'select');
