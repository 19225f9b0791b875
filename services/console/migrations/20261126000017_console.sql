-- migrate:up
-- The console's schema: how people get in, and what they left in the editor. Who they are is in the team's settings.

create schema if not exists console;

-- A password, as argon2 writes it. Who has no row signs in by link.
create table console.accounts (
    team       text        not null,
    agent      text        not null,
    hash       text        not null,
    changed_at timestamptz not null,
    primary key (team, agent)
);

-- The cookie's value is 256 random bits; only its SHA-256 is here.
create table console.sessions (
    hash       bytea       primary key,
    id         uuid        not null unique,
    team       text        not null,
    agent      text        not null,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    user_agent text        not null
);
create index on console.sessions (team, agent);
create index on console.sessions (seen_at);

-- One-time links that somebody came in by, until they would be too old anyway.
create table console.used_links (
    jti        text        primary key,
    expires_at timestamptz not null
);

-- Wrong passwords by what they came from or were for, hashed: an address, an e-mail address.
create table console.attempts (
    key        bytea       primary key,
    failures   int         not null,
    failed_at  timestamptz not null,
    -- Until then nothing is tried.
    shut_until timestamptz not null
);
create index on console.attempts (failed_at);

-- What each person has in the editor. `definition` is JSON as it was sent: it need not be a flow yet.
create table console.drafts (
    team         text        not null,
    agent        text        not null,
    flow         text        not null,
    name         text        not null,
    trigger      text        not null,
    definition   json        not null,
    base_version int,
    revision     bigint      not null,
    saved_at     timestamptz not null,
    primary key (team, agent, flow)
);

-- migrate:down
drop schema console cascade;
