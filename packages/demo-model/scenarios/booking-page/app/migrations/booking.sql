create table if not exists booking (
  id bigint generated always as identity primary key,
  day date not null,
  slot text not null check (slot ~ '^\d{2}:\d{2}$'),
  name text not null check (length(name) between 1 and 80),
  email text not null,
  note text check (length(note) <= 1000),
  created_at timestamptz not null default now(),
  unique (day, slot)
);
