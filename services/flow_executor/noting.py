"""What messages and runs change of what flows know of visitors: a few statements per batch, in its transaction.

Every function takes its rows sorted by visitor, at most one of each visitor where it says so; the newest word counts,
by the streams' time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar, cast

import msgspec

from contracts.chat import FieldValue
from contracts.ids import AgentId
from contracts.run import ConversationAssigned, FieldWritten, VisitorConverted, made_by
from contracts.visitor import EventTracked, FormSubmitted, ProfileUpdated, VisitorEvent, WidgetLoaded
from services.chassis.database import Transaction
from services.flow_executor.journal import Append
from services.flow_executor.occasions import Occasion
from services.flow_executor.visitors import Key, Said

SESSION_ENDS_AFTER = timedelta(minutes=30)
"""A page that loads later than this after the one before begins another session of its visitor."""
MOST_FIELDS = 200
"""Of one visitor; names beyond are not kept. Likewise names of tracked events."""

LOADED = """
insert into flow_executor.visitors as t
       (team, visitor, created_at, loaded_at, sessions, user_agent, locale, country, city)
select v.team, v.visitor, v.at, v.at, 1, v.user_agent, v.locale, v.country, v.city
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
       as v (team, visitor, at, user_agent, locale, country, city)
    on conflict (team, visitor) do update
   set created_at = coalesce(t.created_at, excluded.created_at),
       sessions = t.sessions + (t.loaded_at is null or excluded.loaded_at - t.loaded_at > $8)::int,
       loaded_at = excluded.loaded_at, user_agent = excluded.user_agent, locale = excluded.locale,
       country = excluded.country, city = excluded.city
"""

SEEN = """
insert into flow_executor.visitors as t (team, visitor, created_at, user_agent, locale, country, city)
select v.team, v.visitor, v.at, v.user_agent, v.locale, v.country, v.city
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
       as v (team, visitor, at, user_agent, locale, country, city)
    on conflict (team, visitor) do update
   set created_at = coalesce(t.created_at, excluded.created_at),
       user_agent = coalesce(nullif(excluded.user_agent, ''), t.user_agent),
       locale = coalesce(nullif(excluded.locale, ''), t.locale),
       country = coalesce(nullif(excluded.country, ''), t.country),
       city = coalesce(nullif(excluded.city, ''), t.city)
"""

FIELDS = f"""
insert into flow_executor.visitors as t (team, visitor, created_at, fields)
select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[])
    on conflict (team, visitor) do update
   set created_at = coalesce(t.created_at, excluded.created_at),
       fields = case when (select count(*) from jsonb_object_keys(t.fields || excluded.fields)) > {MOST_FIELDS}
                     then t.fields else t.fields || excluded.fields end
"""

FORMS = """
update flow_executor.visitors t
   set form = jsonb_build_object('message', v.message, 'values',
           case when t.form ->> 'message' = v.message then t.form -> 'values' else '{}'::jsonb end || v.said)
  from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) as v (team, visitor, message, said)
 where t.team = v.team and t.visitor = v.visitor
"""

TRACKED = f"""
with seen as (
    insert into flow_executor.visitors as t (team, visitor, created_at)
    select v.team, v.visitor, v.at from unnest($1::text[], $2::text[], $4::timestamptz[]) as v (team, visitor, at)
        on conflict (team, visitor) do update set created_at = excluded.created_at where t.created_at is null
)
insert into flow_executor.visitor_events as t (team, visitor, event, count, first_at, last_at, last_data)
select v.team, v.visitor, v.event, 1, v.at, v.at, v.said
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
       as v (team, visitor, event, at, said)
 where (select 1 from flow_executor.visitor_events e
         where e.team = v.team and e.visitor = v.visitor and e.event = v.event) is not null
    or (select count(*) from flow_executor.visitor_events e
         where e.team = v.team and e.visitor = v.visitor) < {MOST_FIELDS}
    on conflict (team, visitor, event) do update
   set count = t.count + 1, last_at = excluded.last_at, last_data = excluded.last_data
"""

ASSIGNED = """
insert into flow_executor.visitors as t (team, visitor, assigned, assigned_at)
select v.team, v.visitor, string_to_array(v.agents, ','), v.at
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) as v (team, visitor, at, agents)
    on conflict (team, visitor) do update
   set assigned = excluded.assigned, assigned_at = excluded.assigned_at
 where t.assigned_at is null or t.assigned_at <= excluded.assigned_at
"""

CONVERTED = """
insert into flow_executor.visitors as t (team, visitor, customer_type, converted_at)
select v.team, v.visitor, v.kind, v.at
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) as v (team, visitor, at, kind)
    on conflict (team, visitor) do update
   set customer_type = excluded.customer_type, converted_at = excluded.converted_at
 where t.converted_at is null or t.converted_at <= excluded.converted_at
"""


def _said_in(column: str) -> str:
    """The statement that keeps each visitor's last post of one side; an older one changes nothing."""
    return f"""
insert into flow_executor.visitors as t (team, visitor, created_at, {column}_at, {column}_id, {column}_seq)
select team, visitor, at, at, id, seq
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[]) as v (team, visitor, at, id, seq)
    on conflict (team, visitor) do update
   set created_at = coalesce(t.created_at, excluded.created_at),
       {column}_at = excluded.{column}_at, {column}_id = excluded.{column}_id, {column}_seq = excluded.{column}_seq
 where t.{column}_at is null or t.{column}_at < excluded.{column}_at
"""


AGENT_POSTS = _said_in("last_agent_post")
MESSAGES = _said_in("last_message")


async def occasions(tx: Transaction, fresh: Sequence[Occasion]) -> None:
    """What these say of their visitors, whether or not a run waits for it; sorted, at most one of each visitor."""
    said = [((o.team, o.visitor), o) for o in fresh if o.team is not None and o.visitor is not None]
    await agent_posts(tx, [(key, o.agent_post) for key, o in said if o.agent_post])
    await messages(tx, [(key, o.message) for key, o in said if o.message])
    await assigned(tx, [(key, o.at, o.assigned) for key, o in said if o.assigned is not None])
    await converted(tx, [(key, o.at, o.converted) for key, o in said if o.converted is not None])
    events = [(key, o.at, o.event) for key, o in said if o.event is not None]
    await loaded(tx, [(key, at, e) for key, at, e in events if isinstance(e, WidgetLoaded)])
    profiles = [(key, at, e.fields) for key, at, e in events if isinstance(e, ProfileUpdated)]
    filled = [(key, at, e) for key, at, e in events if isinstance(e, FormSubmitted)]
    await fields(tx, sorted([*profiles, *((key, at, e.values) for key, at, e in filled)], key=_place))
    await forms(tx, [(key, e.message, e.values) for key, _, e in filled])
    await tracked(tx, [(key, at, e) for key, at, e in events if isinstance(e, EventTracked)])


async def effects(tx: Transaction, appends: Sequence[Append]) -> None:
    """What these runs decided about their visitors."""
    made = [
        ((item.team, item.visitor), event.at, effect)
        for item in appends
        for event in item.events
        for effect in made_by(event)
    ]
    await assigned(tx, [(key, at, e.agents) for key, at, e in made if isinstance(e, ConversationAssigned)])
    await converted(
        tx, [(key, at, e.customer_type) for key, at, e in made if isinstance(e, VisitorConverted)]
    )
    written: dict[Key, tuple[Key, datetime, dict[str, FieldValue]]] = {}
    for key, at, effect in made:
        if isinstance(effect, FieldWritten):
            _, _, values = written.setdefault(key, (key, at, {}))
            values[effect.field] = cast("FieldValue", effect.value)
    await fields(tx, [written[key] for key in sorted(written)])


async def agent_posts(tx: Transaction, posts: Sequence[tuple[Key, Said]]) -> None:
    """Remember each visitor's last agent post; an older one changes nothing."""
    await _said(tx, AGENT_POSTS, posts)


async def messages(tx: Transaction, messages: Sequence[tuple[Key, Said]]) -> None:
    """Remember each visitor's last message; an older one changes nothing."""
    await _said(tx, MESSAGES, messages)


async def _said(tx: Transaction, statement: str, posts: Sequence[tuple[Key, Said]]) -> None:
    if posts:
        await tx.execute(
            statement,
            *_keys(posts),
            [said.at for _, said in posts],
            [said.id for _, said in posts],
            [said.seq for _, said in posts],
        )


async def loaded(tx: Transaction, loads: Sequence[tuple[Key, datetime, WidgetLoaded]]) -> None:
    """Remember where each visitor comes from, and count the session; one load per visitor."""
    if loads:
        await tx.execute(
            LOADED,
            *_keys(loads),
            [at for _, at, _ in loads],
            [event.user_agent for _, _, event in loads],
            [event.locale for _, _, event in loads],
            [event.country for _, _, event in loads],
            [event.city for _, _, event in loads],
            SESSION_ENDS_AFTER,
        )


async def seen(tx: Transaction, events: Sequence[VisitorEvent]) -> None:
    """Remember where visitors are who may never have loaded a page: a server's, say; one event per visitor."""
    if events:
        ordered = sorted(events, key=lambda event: (event.team, event.visitor))
        await tx.execute(
            SEEN,
            *_keys([((event.team, event.visitor),) for event in ordered]),
            [event.at for event in ordered],
            [event.user_agent for event in ordered],
            [event.locale for event in ordered],
            [event.country for event in ordered],
            [event.city for event in ordered],
        )


async def fields(tx: Transaction, said: Sequence[tuple[Key, datetime, dict[str, FieldValue]]]) -> None:
    """Write these fields of visitors; one set of fields per visitor."""
    if said:
        values = [msgspec.json.encode(values) for _, _, values in said]
        await tx.execute(FIELDS, *_keys(said), [at for _, at, _ in said], values)


async def forms(tx: Transaction, said: Sequence[tuple[Key, str, dict[str, FieldValue]]]) -> None:
    """Remember what visitors have filled in of which form, field by field; after `fields`, one per visitor."""
    if said:
        values = [msgspec.json.encode(values) for _, _, values in said]
        await tx.execute(FORMS, *_keys(said), [message for _, message, _ in said], values)


async def tracked(tx: Transaction, events: Sequence[tuple[Key, datetime, EventTracked]]) -> None:
    """Count these events; one per visitor, which may be the first that is heard of it."""
    if events:
        await tx.execute(
            TRACKED,
            *_keys(events),
            [event.event for _, _, event in events],
            [at for _, at, _ in events],
            [bytes(event.data) for _, _, event in events],
        )


async def assigned(tx: Transaction, changes: Sequence[tuple[Key, datetime, Sequence[AgentId]]]) -> None:
    """Set who looks after these visitors from that time on; what was set later stays."""
    newest = _newest(changes)
    if newest:
        agents = [",".join(agents) for _, _, agents in newest]
        await tx.execute(ASSIGNED, *_keys(newest), [at for _, at, _ in newest], agents)


async def converted(tx: Transaction, changes: Sequence[tuple[Key, datetime, str]]) -> None:
    """Set what customers these visitors are from that time on; what was set later stays."""
    newest = _newest(changes)
    if newest:
        kinds = [kind for _, _, kind in newest]
        await tx.execute(CONVERTED, *_keys(newest), [at for _, at, _ in newest], kinds)


_Change = TypeVar("_Change", bound=tuple[Key, datetime, object])


def _newest(changes: Sequence[_Change]) -> list[_Change]:
    """The last change of each visitor, sorted: a statement cannot write a row twice."""
    last: dict[Key, _Change] = {}
    for change in changes:
        known = last.get(change[0])
        if known is None or known[1] <= change[1]:
            last[change[0]] = change
    return [last[key] for key in sorted(last)]


def _place(change: tuple[Key, datetime, object]) -> Key:
    return change[0]


def _keys(rows: Sequence[tuple[Key, *tuple[object, ...]]]) -> tuple[list[str], list[str]]:
    return [row[0][0] for row in rows], [row[0][1] for row in rows]
