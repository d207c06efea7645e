-- The credential store of PgBouncer's auth_query. secret: a SCRAM-SHA-256 verifier, the same as in pg_authid.
revoke all on schema public from public;

create schema dataplane_auth;

create table dataplane_auth.dataplane_auth_credentials (
  rolname text primary key,
  secret text not null check (secret ~ '^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$')
);

create function dataplane_auth.dataplane_get_auth(rolname text)
  returns table (username text, password text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select c.rolname, c.secret from dataplane_auth.dataplane_auth_credentials c where c.rolname = $1
  $$;

revoke all on function dataplane_auth.dataplane_get_auth(text) from public;
grant usage on schema dataplane_auth to talkide_pgbouncer, talkide_provisioner;
grant execute on function dataplane_auth.dataplane_get_auth(text) to talkide_pgbouncer;
-- The provisioner replaces a credential by delete and insert, never by update.
grant select, insert, delete on dataplane_auth.dataplane_auth_credentials to talkide_provisioner;
