-- A build belongs to the process that renews its lease; when that process died, another one takes the build over.
alter table build add column lease_expires_at timestamptz;
create index build_unfinished on build (id) where status in ('PENDING', 'RUNNING');
