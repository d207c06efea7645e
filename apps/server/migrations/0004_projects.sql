-- Names that no project may take as its address.
create table reserved_subdomain (name text primary key);
insert into reserved_subdomain (name) values
  ('www'), ('api'), ('app'), ('apps'), ('admin'), ('mail'), ('static'), ('cdn'), ('docs'), ('status'), ('preview'),
  ('git'), ('gateway'), ('talkide'), ('localhost'), ('assets'), ('auth'), ('account'), ('login'), ('signup'),
  ('billing'), ('support'), ('help'), ('blog'), ('smtp'), ('imap'), ('pop'), ('mx'), ('ns'), ('ns1'), ('ns2'), ('ftp'),
  ('dev'), ('test'), ('staging'), ('internal'), ('metrics'), ('health'), ('healthz'), ('readyz'), ('worker'),
  ('console'), ('dashboard'), ('studio'), ('operator'), ('root'), ('system'), ('wpad'), ('autoconfig'),
  ('autodiscover'), ('security'), ('abuse'), ('postmaster'), ('webmaster'), ('hostmaster'), ('mara');

create table project (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  environment_id bigint,
  name text not null check (char_length(name) between 1 and 200),
  description text not null default '',
  status text not null default 'DRAFT'
    check (status in ('DRAFT', 'BUILDING', 'LIVE', 'UPDATED', 'PAUSED', 'ARCHIVED')),
  previous_status text check (previous_status in ('DRAFT', 'BUILDING', 'LIVE', 'UPDATED', 'PAUSED', 'ARCHIVED')),
  url text unique,
  accent text not null default 'oklch(0.78 0.15 70)' check (accent in (
    'oklch(0.78 0.15 25)', 'oklch(0.78 0.15 70)', 'oklch(0.78 0.15 145)',
    'oklch(0.78 0.15 200)', 'oklch(0.78 0.15 255)', 'oklch(0.78 0.15 310)')),
  backend_language text not null default 'Kotlin',
  backend_framework text not null default 'Spring Boot',
  frontend_language text not null default 'TypeScript',
  frontend_framework text not null default 'Vue.js',
  stack_id text not null,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  preview_uuid uuid not null unique default gen_random_uuid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, environment_id) references environment (tenant_id, id) on delete set null (environment_id)
);
create index on project (tenant_id, environment_id);
call keep_updated_at('project');

create function refuse_reserved_slug() returns trigger
  language plpgsql as $$
begin
  if exists (select from reserved_subdomain where name = new.slug) then
    raise exception 'the address % is reserved', new.slug
      using errcode = 'check_violation', table = 'project', constraint = 'project_slug_not_reserved';
  end if;
  return new;
end $$;
create trigger refuse_reserved_slug before insert or update of slug on project
  for each row execute function refuse_reserved_slug();

create table project_version (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  version_number integer not null check (version_number >= 1),
  description text not null default '',
  status text not null default 'DRAFT' check (status in ('DRAFT', 'APPLYING', 'APPLIED', 'ROLLED_BACK', 'FAILED')),
  commit_sha text not null,
  tree_sha text not null,
  turn_id bigint,
  source text not null check (source in ('TEMPLATE', 'TURN', 'EDIT', 'RESTORE', 'PUSH')),
  restored_from_version_id bigint,
  files_changed jsonb not null default '[]',
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  unique (project_id, version_number),
  unique (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
  foreign key (tenant_id, restored_from_version_id) references project_version (tenant_id, id)
    on delete set null (restored_from_version_id)
);
create index on project_version (tenant_id, project_id);
create index on project_version (tenant_id, restored_from_version_id) where restored_from_version_id is not null;

create table build (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  version_id bigint,
  turn_id bigint,
  kind text not null check (kind ~ '^[A-Z][A-Z0-9_]*$'),
  status text not null default 'PENDING' check (status in ('PENDING', 'RUNNING', 'SUCCESS', 'FAILED')),
  commit_sha text,
  artefact_digest text,
  error_fingerprint text,
  output_log text,
  log_bytes bigint not null default 0 check (log_bytes >= 0),
  exit_code integer,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
  foreign key (tenant_id, version_id) references project_version (tenant_id, id) on delete set null (version_id)
);
create index on build (tenant_id, project_id);
create index on build (tenant_id, version_id);

-- What runs at a project's preview or published address, by the digest of its artefact.
create table release (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  version_id bigint not null,
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED')),
  artefact_digest text not null,
  status text not null default 'STARTING' check (status in ('STARTING', 'ACTIVE', 'DRAINING', 'RETIRED', 'FAILED')),
  error text,
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  retired_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
  foreign key (tenant_id, version_id) references project_version (tenant_id, id) on delete cascade
);
create unique index release_one_active on release (project_id, kind) where status = 'ACTIVE';
create index on release (tenant_id, project_id);
create index on release (tenant_id, version_id);

call protect_shared_table('reserved_subdomain');
call protect_tenant_table('project');
call protect_tenant_table('project_version');
call protect_tenant_table('build');
call protect_tenant_table('release');
