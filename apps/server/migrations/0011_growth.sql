-- No issuer: the founder's own invite, generation 0.
create table invite (
  id bigint generated always as identity primary key,
  token text not null unique,
  issued_by_user_id bigint references users on delete set null,
  issued_to_email text,
  claimed_by_user_id bigint references users on delete set null,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  claimed_at timestamptz,
  revoked_at timestamptz,
  revoked_reason text,
  status text not null default 'PENDING' check (status in ('PENDING', 'CLAIMED', 'EXPIRED', 'REVOKED')),
  check ((status = 'CLAIMED') = (claimed_at is not null)),
  check ((status = 'REVOKED') = (revoked_at is not null))
);
create index on invite (issued_by_user_id);
create index on invite (claimed_by_user_id);
create index on invite (lower(issued_to_email));

create table waitlist_entry (
  id bigint generated always as identity primary key,
  email text not null check (char_length(email) between 3 and 254),
  name text not null,
  role text,
  project_idea text,
  referral_code text not null unique check (referral_code ~ '^[a-z0-9][a-z0-9-]*-[A-Za-z0-9]{4}$'),
  referred_by_id bigint references waitlist_entry on delete set null,
  created_at timestamptz not null default now(),
  invited_at timestamptz,
  invite_id bigint references invite on delete set null
);
create unique index waitlist_entry_email_key on waitlist_entry (lower(email));
create index on waitlist_entry (referred_by_id);
create index on waitlist_entry (invite_id);

create table waitlist_join_attempt (
  id bigint generated always as identity primary key,
  email_hash text not null,
  ip_hash text not null,
  created_at timestamptz not null default now()
);
create index on waitlist_join_attempt (ip_hash, created_at);
create index on waitlist_join_attempt (email_hash, created_at);

create table invite_redemption_attempt (
  id bigint generated always as identity primary key,
  token_hash text not null,
  ip_hash text not null,
  result text not null check (result in ('OK', 'INVALID_TOKEN', 'EXPIRED', 'RATE_LIMITED')),
  created_at timestamptz not null default now()
);
create index on invite_redemption_attempt (ip_hash, created_at);
create index on invite_redemption_attempt (token_hash, created_at);

create table invite_grant (
  id bigint generated always as identity primary key,
  user_id bigint not null references users on delete cascade,
  bonus_invites integer not null check (bonus_invites > 0),
  reason text not null,
  granted_at timestamptz not null default now()
);
create index on invite_grant (user_id);

create table user_invite_quota (
  user_id bigint primary key references users on delete cascade,
  max_generation integer not null default 0 check (max_generation >= 0),
  issued_count integer not null default 0 check (issued_count >= 0),
  claimed_count integer not null default 0 check (claimed_count >= 0),
  updated_at timestamptz(3) not null default now()
);
call keep_updated_at('user_invite_quota');

call protect_table('invite');
call protect_table('waitlist_entry');
call protect_table('waitlist_join_attempt');
call protect_table('invite_redemption_attempt');
call protect_table('invite_grant');
call protect_table('user_invite_quota');
