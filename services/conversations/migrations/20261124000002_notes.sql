-- migrate:up
-- What flows and agents say of a visitor beside the messages: customer types, fields, notes. As before, all of it can be
-- dropped and rebuilt from both streams, in any order of their messages.

-- What customer a visitor was, since when by the clock of who said so: a flow's word that comes late undoes nothing.
create table conversations.conversions (
    team          text        not null,
    visitor       text        not null,
    id            text        not null,
    at            timestamptz not null,
    seq           bigint      not null,
    customer_type text        not null,
    by            text        not null,
    primary key (team, visitor, id)
);
create index conversions_in_order on conversations.conversions (team, visitor, at desc, seq desc);

-- What was said of a visitor's fields, by whom it may be: one row per event, however often it came. Pages and forms speak
-- on VISITOR (`at`: when it was stored there), flows on CHAT (`at`: the stream time of what led to it); so the newest word
-- on a field is that of the latest time, a flow's behind the event that made it speak.
create table conversations.field_words (
    team    text        not null,
    visitor text        not null,
    stream  text        not null,
    id      text        not null,
    at      timestamptz not null,
    -- The place in that stream of the first that came.
    seq     bigint      not null,
    fields  jsonb       not null,
    primary key (team, visitor, stream, id)
);
-- Older words had no time: whatever comes now is newer.
insert into conversations.field_words (team, visitor, stream, id, at, seq, fields)
select team, visitor, 'VISITOR', 'before.' || seq, 'epoch', seq, jsonb_object_agg(name, value)
  from conversations.fields group by team, visitor, seq;
drop table conversations.fields;

-- Notes of agents, and what flows told them, stand between the messages; they may have a message's id.
alter table conversations.messages add column kind text not null default 'message';
alter table conversations.messages drop constraint messages_pkey, add primary key (team, visitor, kind, id);

-- migrate:down
delete from conversations.messages where kind <> 'message';
alter table conversations.messages drop constraint messages_pkey, add primary key (team, visitor, id);
alter table conversations.messages drop column kind;
create table conversations.fields (
    team    text   not null,
    visitor text   not null,
    name    text   not null,
    value   jsonb  not null,
    seq     bigint not null,
    primary key (team, visitor, name)
);
insert into conversations.fields (team, visitor, name, value, seq)
select distinct on (w.team, w.visitor, f.key) w.team, w.visitor, f.key, f.value, w.seq
  from conversations.field_words w, jsonb_each(w.fields) f
 where w.stream = 'VISITOR' order by w.team, w.visitor, f.key, w.seq desc;
drop table conversations.field_words;
drop table conversations.conversions;
