-- How applications do, in steps of five minutes. Several processes add to one row; only steps in which something happened
-- have one. latency: answers by the time they took, in the buckets of metrics/histogram.ts.
create table app_metric (
  tenant_id bigint not null,
  project_id bigint not null,
  kind text not null check (kind in ('PREVIEW', 'PUBLISHED')),
  at timestamptz not null check (at = date_bin('5 minutes', at, 'epoch')),
  requests bigint not null default 0 check (requests >= 0),
  errors bigint not null default 0 check (errors >= 0),
  bytes_out bigint not null default 0 check (bytes_out >= 0),
  latency integer[] not null,
  cpu_ms bigint not null default 0 check (cpu_ms >= 0),
  memory_bytes bigint not null default 0 check (memory_bytes >= 0),
  cold_wakes integer not null default 0 check (cold_wakes >= 0),
  thaws integer not null default 0 check (thaws >= 0),
  primary key (tenant_id, project_id, kind, at),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on app_metric (at);
call protect_tenant_table('app_metric', 'select');

create function add_arrays(one integer[], other integer[]) returns integer[]
  language sql immutable parallel safe
  return (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by n)
            from unnest(one, other) with ordinality as pair (a, b, n));
create aggregate sum_arrays (integer[]) (sfunc = add_arrays, stype = integer[], parallel = safe);
grant execute on function add_arrays(integer[], integer[]) to talkide_tenant, talkide_system;
