-- migrate:up
-- Beside the layout: what the editor alone shows, and no version holds.
alter table flow_executor.flows add column comments jsonb;

-- migrate:down
alter table flow_executor.flows drop column comments;
