-- A build is leased from its claim until its preview stands, so that whichever process dies in between, another one goes
-- on from there. The token tells the holder; a build that takes down every process that tries it is given up.
alter table build
  add column lease_token uuid,
  add column attempts integer not null default 0 check (attempts >= 0);
drop index build_unfinished;
create index build_open on build (id) where status = 'PENDING' or lease_expires_at is not null;
