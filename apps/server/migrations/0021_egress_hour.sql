-- What applications asked of the network, by the hour: which hosts, how much, and why not. Several processes add to one row.
create table egress_hour (
  tenant_id bigint not null,
  project_id bigint not null,
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED')),
  host text not null,
  requests bigint not null default 0 check (requests >= 0),
  refused bigint not null default 0 check (refused >= 0),
  bytes_out bigint not null default 0 check (bytes_out >= 0),
  bytes_in bigint not null default 0 check (bytes_in >= 0),
  -- Of the last one that was refused.
  reason text,
  primary key (tenant_id, project_id, hour, kind, host),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on egress_hour (hour);
call protect_tenant_table('egress_hour', 'select');
