-- migrate:up
-- Events and what they say of a person are only ever written and read whole: json keeps them as they were written, for
-- less than jsonb, which is taken apart for each write and put together for each read.
alter table flow_executor.run_events alter column data type json using data::json;
alter table flow_executor.run_inputs alter column parts type json using parts::json;

-- migrate:down
alter table flow_executor.run_inputs alter column parts type jsonb using parts::jsonb;
alter table flow_executor.run_events alter column data type jsonb using data::jsonb;
