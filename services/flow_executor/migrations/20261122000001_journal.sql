-- migrate:up
-- The executor's schema: flow definitions, the journal of runs, and what flows know and write of visitors.

create schema if not exists flow_executor;

-- Definitions -------------------------------------------------------------------------------------------------------

-- One immutable row per version; equal content is the version that is there already.
create table flow_executor.flow_versions (
    team         text        not null,
    flow         text        not null,
    version      int         not null,
    hash         text        not null,
    name         text        not null,
    trigger      text        not null,
    event        text        not null default '',
    definition   json        not null, -- not jsonb, which forgets the order in which its author wrote it
    published_at timestamptz not null default now(),
    published_by text        not null default '',
    primary key (team, flow, version),
    unique (team, flow, hash)
);

-- What an editor may change without a new version, and whether the flow was deleted (its versions stay: runs use them).
create table flow_executor.flows (
    team       text not null,
    flow       text not null,
    layout     jsonb,
    is_deleted boolean not null default false,
    primary key (team, flow)
);

-- What answers each trigger now.
create table flow_executor.active_flows (
    team    text not null,
    trigger text not null,
    event   text not null default '',
    flow    text not null,
    version int  not null,
    primary key (team, trigger, event)
);

-- Append-only: every verdict and every change of what is active. Stream FLOW is sent from here.
create table flow_executor.flow_changes (
    no         bigint      generated always as identity primary key,
    team       text        not null,
    flow       text        not null,
    verdict    text        not null,
    at         timestamptz not null default now(),
    by         text        not null default '',
    version    int,
    hash       text,
    trigger    text,
    event      text,
    replaced   text,
    submission bigint unique,
    error      jsonb
);
create index on flow_executor.flow_changes (team, flow, no);
create index on flow_executor.flow_changes (team, replaced, no) where replaced is not null;
create index on flow_executor.flow_changes (team, trigger, event) where verdict = 'activated';

-- One row. Its lock puts changes of definitions in one order; a batch that sees another number reloads its flows.
create table flow_executor.registry (version bigint not null);
insert into flow_executor.registry values (1);

-- The journal -------------------------------------------------------------------------------------------------------

create sequence flow_executor.run_numbers;

create table flow_executor.runs (
    run_id     uuid        primary key,
    no         bigint      not null,
    team       text        not null,
    visitor    text        not null,
    flow       text        not null,
    version    int         not null,
    hash       text        not null,
    trigger    text        not null,
    event_id   uuid        not null,
    status     text        not null,
    node       text,
    last_seq   int         not null,
    started_at timestamptz not null,
    ended_at   timestamptz,
    error      text
);
create unique index runs_by_no on flow_executor.runs (no);
create index runs_by_visitor on flow_executor.runs (team, visitor, no);
create index runs_by_flow on flow_executor.runs (team, flow, no);
create index runs_waiting on flow_executor.runs (team, visitor, no) where status = 'waiting';

-- Append-only. The primary key is the lock: of two writers of one event, one fails.
create table flow_executor.run_events (
    no    bigint      not null,
    seq   int         not null,
    type  text        not null,
    at    timestamptz not null,
    cause text        not null,
    data  jsonb       not null,
    primary key (no, seq)
) partition by range (no);
create table flow_executor.run_events_default partition of flow_executor.run_events default;

-- Which message made which events, and when it was handled.
create table flow_executor.run_causes (
    cause      text        not null,
    no         bigint      not null,
    first_seq  int         not null,
    last_seq   int         not null,
    handled_at timestamptz not null default now(),
    primary key (cause, no)
);

-- The personal part of the events of one append, by their seq: may be deleted, the path stays.
create table flow_executor.run_inputs (
    no        bigint not null,
    first_seq int    not null,
    parts     jsonb  not null,
    primary key (no, first_seq)
);

-- Triggers that met a flow and started no run, with the reason.
create table flow_executor.skips (
    cause   text        primary key,
    team    text        not null,
    visitor text        not null,
    at      timestamptz not null,
    trigger text        not null,
    flow    text        not null,
    reason  text        not null
);
create index on flow_executor.skips (team, visitor, at);

-- What flows know and write of a visitor.
create table flow_executor.visitors (
    team                 text not null,
    visitor              text not null,
    assigned             text[] not null default '{}',
    assigned_at          timestamptz,
    last_agent_post_at   timestamptz,
    last_agent_post_id   text,
    last_agent_post_seq  bigint,
    last_message_at      timestamptz,
    last_message_id      text,
    last_message_seq     bigint,
    primary key (team, visitor)
);

-- Partitions of run_events hold this many runs each; there are always some ahead of the newest run.
create function flow_executor.make_partitions() returns void language plpgsql as $$
declare
    size constant bigint := 2000000;
    newest bigint;
    first bigint;
begin
    perform pg_advisory_xact_lock(hashtext('flow_executor.make_partitions'));
    select last_value into newest from flow_executor.run_numbers;
    for i in 0..4 loop
        first := (newest / size + i) * size;
        if to_regclass(format('flow_executor.run_events_%s', first)) is null then
            execute format(
                'create table flow_executor.run_events_%s partition of flow_executor.run_events for values from (%s) to (%s)',
                first, first, first + size);
        end if;
    end loop;
end
$$;
select flow_executor.make_partitions();

-- migrate:down
drop schema flow_executor cascade;
