-- The two scopes of the application and the policies that go with them.
--   talkide_tenant: one tenant, the one that the transaction names in the setting talkide.tenant_id
--   talkide_system: the platform's own work across tenants (an explicit policy, not BYPASSRLS)

revoke all on schema public from public;
grant usage on schema public to talkide_tenant, talkide_system;

create extension if not exists btree_gist;

create function current_tenant_id() returns bigint
  language sql stable
  return nullif(current_setting('talkide.tenant_id', true), '')::bigint;

-- Row-level security for a table that is read and written across tenants by the system scope only.
create procedure protect_table(target regclass)
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security, force row level security', target);
  execute format('create policy system_scope on %s to talkide_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to talkide_system', target);
end $$;

-- Row-level security for a table with a tenant_id; `tenant_rights` is what the tenant scope may do to its own rows.
create procedure protect_tenant_table(target regclass, tenant_rights text default 'select, insert, update, delete')
  language plpgsql as $$
begin
  call protect_table(target);
  execute format(
    'create policy tenant_scope on %s to talkide_tenant
       using (tenant_id = current_tenant_id()) with check (tenant_id = current_tenant_id())', target);
  execute format('grant %s on %s to talkide_tenant', tenant_rights, target);
end $$;

-- Row-level security for settings of the whole platform, which every tenant may read.
create procedure protect_shared_table(target regclass)
  language plpgsql as $$
begin
  call protect_table(target);
  execute format('create policy tenant_read on %s for select to talkide_tenant using (true)', target);
  execute format('grant select on %s to talkide_tenant', target);
end $$;

-- updated_at serves as an ETag: it has the milliseconds that JavaScript keeps, and moves with every update.
create function touch_updated_at() returns trigger
  language plpgsql as $$
begin
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 millisecond');
  return new;
end $$;

create procedure keep_updated_at(target regclass)
  language plpgsql as $$
begin
  execute format(
    'create trigger touch_updated_at before update on %s for each row execute function touch_updated_at()', target);
end $$;

create function refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', table = tg_table_name, constraint = tg_table_name || '_append_only';
end $$;
