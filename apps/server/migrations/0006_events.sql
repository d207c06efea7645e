-- The feed of a tenant and the outbox of its events. Rows come from append_event() only. project_id keeps its value
-- after the project is deleted: the deletion is an event too.
create table event (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenant,
  project_id bigint,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null default now()
);
create index on event (tenant_id, id);
create index on event (project_id, id);
create index on event (created_at);

call protect_tenant_table('event', 'select, insert');

-- The lock is taken before the id is drawn and held until commit: within a tenant, order of ids is order of commits,
-- so that a reader who continues after an id misses nothing.
create function append_event(tenant_id bigint, project_id bigint, type text, payload jsonb) returns bigint
  language plpgsql as $$
declare
  event_id bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('talkide_event', append_event.tenant_id));
  insert into event (tenant_id, project_id, type, payload)
    values (append_event.tenant_id, append_event.project_id, append_event.type, append_event.payload)
    returning id into event_id;
  perform pg_notify('talkide_event', json_build_object(
    't', append_event.tenant_id, 'p', append_event.project_id, 'id', event_id)::text);
  return event_id;
end $$;
