-- What a version had in its preview's database in its last moment. Versions between which nothing changed share one.
create table checkpoint (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  -- COLLECTED: it gave way to newer ones. TOO_LARGE, FAILED: why it could not be made.
  status text not null check (status in ('KEPT', 'COLLECTED', 'TOO_LARGE', 'FAILED')),
  object_key text unique,
  bytes bigint not null default 0 check (bytes >= 0),
  -- Of the database as it was dumped: as long as this is the same, so is what is in it.
  fingerprint text,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  check ((status = 'KEPT') = (object_key is not null)),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on checkpoint (tenant_id, project_id);
call protect_tenant_table('checkpoint');

alter table project_version
  add column checkpoint_id bigint,
  -- Brings the data of a checkpoint back with it: before its preview starts, and once.
  add column data_checkpoint_id bigint,
  add column data_status text check (data_status in ('PENDING', 'DONE', 'FAILED')),
  -- Name, description and accent of the project, and names of its variables, when the version was made.
  add column settings jsonb,
  add foreign key (tenant_id, checkpoint_id) references checkpoint (tenant_id, id) on delete set null (checkpoint_id),
  add foreign key (tenant_id, data_checkpoint_id) references checkpoint (tenant_id, id)
    on delete set null (data_checkpoint_id);
create index on project_version (tenant_id, checkpoint_id) where checkpoint_id is not null;
create index on project_version (tenant_id, data_checkpoint_id) where data_checkpoint_id is not null;
