-- What an application is told at its start, by the release it is of. `sealed` can be opened with the platform's secret key
-- only, and only in this row: tenant, project, kind and name are part of the seal.
create table project_variable (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED')),
  name text not null check (name ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  sealed text not null,
  updated_by bigint references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (project_id, kind, name),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on project_variable (tenant_id, project_id);
create index on project_variable (updated_by);
call keep_updated_at('project_variable');
call protect_tenant_table('project_variable');
