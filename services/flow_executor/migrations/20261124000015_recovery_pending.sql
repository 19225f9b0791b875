-- migrate:up
-- One row: from when on what was handled may be missing on the bus after a power cut. Null: nothing is. It stays until
-- a look from there on has come to its end, whoever began it. `server` is the process of the bus that it found.
create table flow_executor.recovery (since timestamptz, server text);
insert into flow_executor.recovery values (null, null);

-- migrate:down
drop table flow_executor.recovery;
