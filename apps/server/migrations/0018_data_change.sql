-- Who changed data of an application through the platform, and what; never the values, which are the application's own.
-- Written before the application's database commits: a change without its row is not to be had.
create table data_change (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  user_id bigint references users on delete set null,
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED')),
  command text not null check (command <> ''),
  table_name text,
  rows bigint check (rows >= 0),
  created_at timestamptz not null default now(),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on data_change (tenant_id, project_id, kind, id);
create index on data_change (user_id);
call protect_tenant_table('data_change', 'select, insert');
