-- Who published, and what made a release: RESTART is the same artefact started anew, so that it takes new variables.
alter table release
  add column published_by bigint references users on delete set null,
  add column cause text not null default 'DEPLOY' check (cause in ('DEPLOY', 'ROLLBACK', 'RESTART'));
create index on release (published_by);
