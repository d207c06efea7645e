create table conversation (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  user_id bigint not null references users,
  title text not null default '',
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'CLOSED')),
  session_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create unique index conversation_one_active on conversation (project_id) where status = 'ACTIVE';
create index on conversation (tenant_id, project_id);
create index on conversation (user_id);
call keep_updated_at('conversation');

create table message (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  conversation_id bigint not null,
  turn_id bigint,
  role text not null check (role in ('USER', 'PM', 'SYSTEM')),
  kind text not null default 'TEXT' check (kind in ('TEXT', 'QUESTION', 'NOTICE')),
  agent_role text,
  content text not null,
  payload_json jsonb,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversation (tenant_id, id) on delete cascade
);
create index on message (tenant_id, conversation_id, id);

create function touch_conversation() returns trigger
  language plpgsql as $$
begin
  update conversation set updated_at = now() where id = new.conversation_id and tenant_id = new.tenant_id;
  return null;
end $$;
create trigger touch_conversation after insert on message
  for each row execute function touch_conversation();

-- One run of the agents for one message, leased to a worker. token_hash: the gateway token of this turn only.
create table turn (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  environment_id bigint not null,
  conversation_id bigint not null,
  user_id bigint not null references users,
  message_id bigint,
  kind text not null default 'USER' check (kind in ('USER', 'REPAIR')),
  status text not null default 'QUEUED' check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  attempt integer not null default 0 check (attempt >= 0),
  lease_token uuid,
  lease_expires_at timestamptz,
  token_hash text unique,
  stop_requested_at timestamptz,
  last_seq bigint not null default 0 check (last_seq >= 0),
  error_code text,
  base_commit text,
  result_commit text,
  files_changed jsonb,
  input_tokens bigint not null default 0 check (input_tokens >= 0),
  output_tokens bigint not null default 0 check (output_tokens >= 0),
  cache_read_tokens bigint not null default 0 check (cache_read_tokens >= 0),
  cache_write_tokens bigint not null default 0 check (cache_write_tokens >= 0),
  charged_cost_usd numeric(20,10) not null default 0 check (charged_cost_usd >= 0),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
  foreign key (tenant_id, environment_id) references environment (tenant_id, id) on delete cascade,
  foreign key (tenant_id, conversation_id) references conversation (tenant_id, id) on delete cascade,
  foreign key (tenant_id, message_id) references message (tenant_id, id) on delete set null (message_id)
);
create unique index turn_one_running on turn (conversation_id) where status = 'RUNNING';
create index turn_queue on turn (environment_id, id) where status = 'QUEUED';
create index turn_leases on turn (lease_expires_at) where status = 'RUNNING';
create index on turn (tenant_id, project_id, id);
create index on turn (tenant_id, conversation_id, id);
create index on turn (tenant_id, message_id);
create index on turn (tenant_id, environment_id);

alter table message add foreign key (tenant_id, turn_id) references turn (tenant_id, id) on delete set null (turn_id);
create index on message (tenant_id, turn_id) where turn_id is not null;
alter table project_version
  add foreign key (tenant_id, turn_id) references turn (tenant_id, id) on delete set null (turn_id);
create index on project_version (tenant_id, turn_id) where turn_id is not null;
alter table build add foreign key (tenant_id, turn_id) references turn (tenant_id, id) on delete set null (turn_id);
create index on build (tenant_id, turn_id) where turn_id is not null;

-- One event of an agent. payload_json is raw and internal: it never leaves through the API.
create table activity (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  conversation_id bigint not null,
  turn_id bigint not null,
  seq bigint not null,
  agent_role text not null,
  event_type text not null check (event_type in ('TASK_STARTED', 'TOOL_USE', 'AGENT_MESSAGE', 'TASK_COMPLETED')),
  parent_activity_id bigint,
  description text not null default '',
  tool_name text,
  tool_category text
    check (tool_category in ('READING', 'EDITING', 'EXECUTING', 'DELEGATING', 'BROWSING', 'OTHER')),
  tool_summary text,
  payload_json jsonb,
  created_at timestamptz not null default now(),
  unique (turn_id, seq),
  unique (tenant_id, id),
  constraint activity_tool_columns check (
    case event_type
      when 'TOOL_USE' then tool_name is not null and tool_category is not null
      else tool_name is null and tool_category is null and tool_summary is null
    end),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
  foreign key (tenant_id, conversation_id) references conversation (tenant_id, id) on delete cascade,
  foreign key (tenant_id, turn_id) references turn (tenant_id, id) on delete cascade,
  foreign key (tenant_id, parent_activity_id) references activity (tenant_id, id) on delete cascade
);
create index on activity (tenant_id, project_id, id);
create index on activity (tenant_id, conversation_id, id);
create index on activity (tenant_id, turn_id);
create index on activity (tenant_id, parent_activity_id) where parent_activity_id is not null;

create function check_activity_parent() returns trigger
  language plpgsql as $$
begin
  if not exists (
    select from activity
    where id = new.parent_activity_id and tenant_id = new.tenant_id
      and conversation_id = new.conversation_id and event_type = 'TASK_STARTED'
  ) then
    raise exception 'the parent of an activity is a TASK_STARTED of the same conversation'
      using errcode = 'check_violation', table = 'activity', constraint = 'activity_parent_is_task_started';
  end if;
  return new;
end $$;
create trigger check_activity_parent before insert or update of parent_activity_id on activity
  for each row when (new.parent_activity_id is not null) execute function check_activity_parent();

call protect_tenant_table('conversation');
call protect_tenant_table('message');
call protect_tenant_table('turn');
call protect_tenant_table('activity');
