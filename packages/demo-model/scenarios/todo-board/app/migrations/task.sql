create table if not exists task (
  id bigint generated always as identity primary key,
  title text not null check (length(title) between 1 and 120),
  note text check (length(note) <= 1000),
  status text not null default 'todo' check (status in ('todo', 'doing', 'done')),
  created_at timestamptz not null default now(),
  moved_at timestamptz not null default now()
);

create index if not exists task_by_status on task (status, moved_at desc);
