-- migrate:up
-- What the inbox reads: of each conversation its newest message, who looks after it and how much is in it, in one row;
-- words to search; and what each agent has seen.

alter table conversations.latest
    -- The newest message that an agent should see: the visitor's, or a notice. 0: there is none.
    add column visitor_seq bigint      not null default 0,
    add column messages    int         not null default 0,
    -- The last word on who looks after the visitor, with its time and its place in CHAT.
    add column agents      text[]      not null default '{}',
    add column agents_at   timestamptz not null default 'epoch',
    add column agents_seq  bigint      not null default 0;

insert into conversations.latest as l (team, visitor, seq, visitor_seq, messages)
select team, visitor, coalesce(max(seq) filter (where kind = 'message'), 0),
       coalesce(max(seq) filter (where kind = 'notice' or (kind = 'message' and author_kind = 'visitor')), 0),
       count(*) filter (where kind = 'message')
  from conversations.messages group by team, visitor
    on conflict (team, visitor) do update set visitor_seq = excluded.visitor_seq, messages = excluded.messages;
insert into conversations.latest as l (team, visitor, seq, agents, agents_at, agents_seq)
select distinct on (team, visitor) team, visitor, 0, agents, at, seq
  from conversations.assignments order by team, visitor, at desc, seq desc
    on conflict (team, visitor) do update
   set agents = excluded.agents, agents_at = excluded.agents_at, agents_seq = excluded.agents_seq;

create index latest_unassigned on conversations.latest (team, seq desc) where agents = '{}';
create index latest_by_agent on conversations.latest using gin (agents);

-- The words of each message (services/conversations/words.py); null: not yet found, for rows from before.
alter table conversations.messages add column words tsvector;
-- What is still to be put in order every search reads through: so little of it (kB).
create index messages_by_word on conversations.messages using gin (words) with (gin_pending_list_limit = 256);
create index messages_without_words on conversations.messages (team, visitor, kind, id) where words is null;

-- Up to where each agent has seen a conversation; under visitor '' all of them. In no stream: when it is lost, everything
-- is unread again.
create table conversations.reads (
    team    text   not null,
    agent   text   not null,
    visitor text   not null,
    seq     bigint not null,
    primary key (team, agent, visitor)
);

-- migrate:down
drop table conversations.reads;
alter table conversations.messages drop column words;
delete from conversations.latest where seq = 0;
alter table conversations.latest
    drop column visitor_seq, drop column messages, drop column agents, drop column agents_at, drop column agents_seq;
