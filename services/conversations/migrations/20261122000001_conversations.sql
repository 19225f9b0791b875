-- migrate:up
-- What the people read: conversations as VISITOR and CHAT tell them. It can be dropped and rebuilt from both streams.
-- Every row knows the sequence that it stands for, so that messages may be taken in in any order, and again.

create schema if not exists conversations;

create table conversations.visitors (
    team          text        not null,
    visitor       text        not null,
    first_seen_at timestamptz not null,
    last_seen_at  timestamptz not null,
    page_url      text        not null,
    page_title    text        not null,
    locale        text        not null,
    -- The place in VISITOR of the event that page and locale are of: the newest that has a page; 0 before there is one.
    seq           bigint      not null,
    primary key (team, visitor)
);

-- What pages and visitors said of a visitor, the newest of each name.
create table conversations.fields (
    team    text   not null,
    visitor text   not null,
    name    text   not null,
    value   jsonb  not null,
    -- The place in VISITOR.
    seq     bigint not null,
    primary key (team, visitor, name)
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
    team    text   not null,
    visitor text   not null,
    seq     bigint not null,
    primary key (team, visitor)
);
create index latest_in_order on conversations.latest (team, seq desc);

-- Who was to look after a visitor, since when by the clock of who said so: a flow's word that comes late undoes nothing.
create table conversations.assignments (
    team    text        not null,
    visitor text        not null,
    id      text        not null,
    at      timestamptz not null,
    seq     bigint      not null,
    agents  text[]      not null,
    by      text        not null,
    primary key (team, visitor, id)
);
create index assignments_in_order on conversations.assignments (team, visitor, at desc, seq desc);

-- migrate:down
drop schema conversations cascade;
