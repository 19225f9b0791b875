-- migrate:up
-- What was handled last is looked at after a power cut. A block range index: it costs a batch nothing, and time only grows.
create index run_causes_by_time on flow_executor.run_causes using brin (handled_at) with (pages_per_range = 32);

-- migrate:down
drop index flow_executor.run_causes_by_time;
