-- migrate:up
-- The teams' questions, for `predict_answer` to search. A copy of their settings, written anew by whoever finds it old.

create extension if not exists pg_trgm with schema public;

create table flow_executor.answer_books (
    team text primary key,
    hash text not null
);

-- One row per wording. `folded` is the wording in ASCII words (services/flow_executor/answers.py), because trigrams and
-- word breaking of Postgres know no Chinese; `words` are its different ones.
create table flow_executor.answers (
    team   text   not null,
    answer text   not null,
    place  int    not null,
    folded text   not null,
    words  text[] not null,
    lexemes tsvector generated always as (to_tsvector('simple', folded)) stored,
    primary key (team, answer, place)
);
create index answers_by_lexeme on flow_executor.answers using gin (lexemes);
create index answers_by_trigram on flow_executor.answers using gin (folded gin_trgm_ops);

-- migrate:down
drop table flow_executor.answers;
drop table flow_executor.answer_books;
