-- Files that applications keep: which there are and where. Their bytes are in the object storage.
create table upload (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  -- LOOK: of a look, gone with it.
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED', 'LOOK')),
  name text collate "C" not null check (octet_length(name) between 1 and 300),
  object_key text not null unique,
  bytes bigint not null check (bytes >= 0),
  type text not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, project_id, kind, name),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
call protect_tenant_table('upload', 'select, insert, update, delete');
