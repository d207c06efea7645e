-- The seat of the platform that runs the environment's worker; of several on one home, one does.
alter table environment add column worker_seat integer check (worker_seat > 0);
create index on environment (worker_seat) where worker_seat is not null;
