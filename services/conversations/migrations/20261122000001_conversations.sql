-- migrate:up
-- What the people read: conversations as VISITOR and CHAT tell them. It can be dropped and rebuilt from both streams.

create schema if not exists conversations;

create table conversations.visitors (
    team          text        not null,
    visitor       text        not null,
    first_seen_at timestamptz not null,
    last_seen_at  timestamptz not null,
    page_url      text        not null default '',
    page_title    text        not null default '',
    locale        text        not null default '',
    fields        jsonb       not null default '{}',
    assigned      text[]      not null default '{}',
    -- Sequences of what was taken in last: an older message changes nothing, whatever order copies of this service work in.
    event_seq     bigint      not null default 0,
    state_seq     bigint      not null default 0,
    primary key (team, visitor)
);

-- One row per message, however often it came; `seq` is the place in CHAT of the first.
create table conversations.messages (
    team        text        not null,
    visitor     text        not null,
    id          text        not null,
    seq         bigint      not null,
    at          timestamptz not null,
    author_kind text        not null,
    author      text        not null,
    text        text        not null,
    run         text,
    primary key (team, visitor, id)
);
create index messages_in_order on conversations.messages (team, visitor, seq);

-- The newest message of each conversation, for the list of them.
create table conversations.latest (
    team     text   not null,
    visitor  text   not null,
    seq      bigint not null,
    messages bigint not null,
    primary key (team, visitor)
);
create index latest_in_order on conversations.latest (team, seq desc);

-- migrate:down
drop schema conversations cascade;
