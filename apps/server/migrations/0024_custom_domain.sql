-- Hostnames of people for their published applications. Whoever proves a name in the DNS holds it; before that, any number
-- of tenants may claim it. `certificate` (chain and key) can be opened with the platform's secret key only, and only here.
create table custom_domain (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  project_id bigint not null,
  hostname text not null check (hostname ~ '^[a-z0-9.-]{3,244}$'),
  status text not null default 'PENDING' check (status in ('PENDING', 'VERIFIED', 'ACTIVE', 'FAILED')),
  -- What stands in the way: a code, and what was found instead.
  reason text check (reason in ('PROOF_MISSING', 'PROOF_WRONG', 'TAKEN', 'DNS_FAILED', 'ADDRESS_MISSING',
    'ADDRESS_ELSEWHERE', 'CERTIFICATE_REFUSED', 'CERTIFICATE_UNAVAILABLE')),
  detail text,
  -- Of this claim alone: what an earlier one left in the DNS proves nothing.
  proof_token text not null,
  attempts int not null default 0 check (attempts >= 0),
  trouble_since timestamptz,
  checked_at timestamptz,
  -- Null: nothing is looked at any more.
  next_check_at timestamptz default now(),
  -- One process at a time works on it.
  claim uuid,
  claimed_until timestamptz,
  challenge_token text,
  challenge_answer text,
  certificate text,
  certificate_expires_at timestamptz,
  certificate_renew_at timestamptz,
  created_by bigint references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, hostname),
  check ((certificate is null) = (certificate_expires_at is null)),
  check ((certificate is null) = (certificate_renew_at is null)),
  check ((status = 'FAILED') = (next_check_at is null)),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);
create unique index custom_domain_held on custom_domain (hostname) where status in ('VERIFIED', 'ACTIVE');
create index on custom_domain (tenant_id, project_id);
create index on custom_domain (created_by);
create index on custom_domain (next_check_at) where next_check_at is not null;
call keep_updated_at('custom_domain');
call protect_tenant_table('custom_domain');

-- Every process keeps the held names in memory; this tells them which one to read again, also when its project is deleted.
create function tell_custom_domain() returns trigger
  language plpgsql as $$
begin
  perform pg_notify('talkide_domain', coalesce(new.hostname, old.hostname));
  return null;
end $$;
create trigger tell_custom_domain after insert or delete or update of status, certificate, project_id on custom_domain
  for each row execute function tell_custom_domain();

-- The platform's account at a certificate authority, by its directory.
create table acme_account (
  directory text primary key,
  sealed text not null,
  created_at timestamptz not null default now()
);
call protect_table('acme_account');
