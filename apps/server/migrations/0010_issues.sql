-- UUID keys: an issue's address is public. Reporters add; only the operator's triage (system scope) changes.
create table issue (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null references tenant,
  target text not null check (target in ('PLATFORM', 'PROJECT')),
  project_id bigint,
  tenant_slug text not null,
  reporter_user_id bigint references users,
  reporter_agent text not null check (reporter_agent in ('MARA', 'USER')),
  session_id uuid,
  title text not null check (char_length(title) between 1 and 300),
  description text not null,
  kind text not null check (kind in ('BUG', 'FEATURE', 'QUESTION', 'OTHER')),
  severity text not null default 'MEDIUM' check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  status text not null default 'OPEN' check (status in ('OPEN', 'TRIAGED', 'RESOLVED', 'DUPLICATE')),
  context_jsonb jsonb,
  resolved_by_user_id bigint references users,
  resolution_note text,
  parent_issue_id uuid references issue on delete set null,
  reported_at timestamptz not null default now(),
  triaged_at timestamptz,
  resolved_at timestamptz,
  unique (tenant_id, id),
  constraint issue_project_by_target check ((target = 'PROJECT') = (project_id is not null)),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create index on issue (tenant_id, reported_at);
create index on issue (tenant_id, project_id);
create index on issue (status, reported_at);
create index on issue (tenant_slug);
create index on issue (parent_issue_id);
create index on issue (reporter_user_id);

create table issue_comment (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null,
  issue_id uuid not null,
  author_user_id bigint references users,
  author_agent text not null check (author_agent in ('MARA', 'USER')),
  body text not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, issue_id) references issue (tenant_id, id) on delete cascade
);
create index on issue_comment (tenant_id, issue_id, created_at);
create trigger append_only before update on issue_comment for each row execute function refuse_change();

call protect_tenant_table('issue', 'select, insert');
call protect_tenant_table('issue_comment', 'select, insert');
