-- migrate:up
-- Who an identified visitor was before the site vouched for them: one row per pair, at the first word of it. Histories stay
-- apart; as before, it can be dropped and rebuilt from CHAT in any order.
create table conversations.links (
    team      text        not null,
    visitor   text        not null,
    anonymous text        not null,
    at        timestamptz not null,
    seq       bigint      not null,
    primary key (team, visitor, anonymous)
);
create index links_back on conversations.links (team, anonymous);

-- migrate:down
drop table conversations.links;
