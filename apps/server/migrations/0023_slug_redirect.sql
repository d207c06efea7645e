-- The name under which a project's data was made: schemas and roles keep it when the address changes.
alter table project add column data_slug text not null default '';
-- Not an update: that would see no row under forced row-level security, and move updated_at.
alter table project alter column data_slug drop default;
alter table project alter column data_slug type text using slug;
alter table project alter column data_slug set default '';
alter table project add constraint project_data_slug_key unique (tenant_id, data_slug);

create function name_data() returns trigger
  language plpgsql as $$
begin
  new.data_slug := new.slug;
  -- Another project of the tenant had this address when its data was made.
  if exists (select from project where tenant_id = new.tenant_id and data_slug = new.slug) then
    new.data_slug := rtrim(left(new.slug, 40), '-') || '-p' || new.id;
  end if;
  return new;
end $$;
create trigger name_data before insert on project for each row execute function name_data();

-- Addresses that projects had. Nobody else gets one before reserved_until; then it goes on leading there until somebody does.
create table slug_redirect (
  slug text primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  reserved_until timestamptz not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on slug_redirect (tenant_id, project_id);
call protect_tenant_table('slug_redirect');
