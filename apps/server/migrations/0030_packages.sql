-- Packages of an application's own are fetched by one more kind of sandbox.
alter table egress_hour drop constraint egress_hour_kind_check;
alter table egress_hour add constraint egress_hour_kind_check check (kind in ('PREVIEW', 'PUBLISHED', 'PACKAGES'));
