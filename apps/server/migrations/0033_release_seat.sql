-- The seat of the platform that starts a release: what it left when it died is ended by whoever has the seat next.
alter table release add column seat integer check (seat > 0);
create index on release (seat) where status = 'STARTING';
