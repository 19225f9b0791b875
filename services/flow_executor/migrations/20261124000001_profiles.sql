-- migrate:up
-- What flows know of visitors beyond who looks after them: profile, form in hand, tracked events.

alter table flow_executor.visitors
    add column created_at    timestamptz,
    add column loaded_at     timestamptz,
    add column sessions      int   not null default 0,
    add column user_agent    text  not null default '',
    add column locale        text  not null default '',
    add column country       text  not null default '',
    add column city          text  not null default '',
    add column customer_type text,
    add column converted_at  timestamptz,
    add column fields        jsonb not null default '{}',
    -- The form that was answered last: the message that asked, and the values so far.
    add column form          jsonb;

create table flow_executor.visitor_events (
    team      text        not null,
    visitor   text        not null,
    event     text        not null,
    count     int         not null,
    first_at  timestamptz not null,
    last_at   timestamptz not null,
    last_data jsonb,
    primary key (team, visitor, event)
);

-- migrate:down
drop table flow_executor.visitor_events;
alter table flow_executor.visitors
    drop column created_at, drop column loaded_at, drop column sessions, drop column user_agent, drop column locale,
    drop column country, drop column city, drop column customer_type, drop column converted_at, drop column fields,
    drop column form;
