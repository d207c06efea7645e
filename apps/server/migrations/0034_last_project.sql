-- What a start may throw away is told by the newest id that this database ever gave.
grant select on sequence project_id_seq to talkide_system;
