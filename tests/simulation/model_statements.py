"""What each of the executor's statements does, on the model's tables."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct

from services.chassis.database import HOLD
from services.chassis.errors import Conflict
from services.flow_executor import definitions, journal, noting, recovery, visitors
from tests.simulation.model_database import Fields, Key, ModelTransaction

Tx = ModelTransaction
Column = Sequence[Any]


class Statement(Struct, frozen=True):
    """One statement: what it does, and whether it need not wait for somebody else's transaction."""

    name: str
    apply: Callable[..., list[Fields]]
    is_ready: Callable[..., bool] | None = None


_RUN = (
    "no", "run_id", "team", "visitor", "flow", "version", "hash", "trigger",
    "event_id", "status", "node", "last_seq", "started_at", "ended_at", "error",
)  # fmt: skip
_VISITOR: Fields = {
    "assigned": [], "assigned_at": None, "last_agent_post_at": None, "last_agent_post_id": None,
    "last_agent_post_seq": None, "last_message_at": None, "last_message_id": None, "last_message_seq": None,
    "created_at": None, "loaded_at": None, "sessions": 0, "user_agent": "", "locale": "", "country": "", "city": "",
    "customer_type": None, "converted_at": None, "fields": b"{}", "form": None,
}  # fmt: skip
_encode = msgspec.json.encode
_decode = msgspec.json.decode


# The journal


def _lock(_tx: Tx, _keys: Sequence[int]) -> list[Fields]:
    return []


def _look_up(tx: Tx, causes: Sequence[str], count: int, *starts: Column) -> list[Fields]:
    wanted, tables = set(causes), tx.tables
    first, tables.last_number = tables.last_number + 1, tables.last_number + count
    found = [
        (row["cause"], row["no"], row["first_seq"], row["last_seq"])
        for row in tx.all_of("run_causes")
        if row["cause"] in wanted
    ]
    skipped = [cause for cause in causes if tx.find("skips", (cause,))]
    numbers = list(range(first, tables.last_number + 1))
    return [
        {
            "registry": tables.registry,
            "numbers": numbers,
            "causes": found,
            "skipped": skipped,
            "last_starts": _last_starts(tx, set(zip(*starts, strict=True))),
        }
    ]


def _last_starts(tx: Tx, wanted: set[Key]) -> list[Key]:
    found: dict[Key, datetime] = {}
    for row in tx.all_of("runs"):
        key = (row["team"], row["visitor"], row["flow"])
        if key in wanted and (key not in found or found[key] < row["started_at"]):
            found[key] = row["started_at"]
    return [(*key, at) for key, at in found.items()]


def _handled_since(tx: Tx, *args: Any) -> list[Fields]:  # noqa: ANN401 - as the statement has them
    at, cause, no, until, limit = args
    order = itemgetter("handled_at", "cause", "no")
    rows = [
        row for row in tx.all_of("run_causes") if (at, cause, no) < order(row) and row["handled_at"] <= until
    ]
    return sorted(rows, key=order)[:limit]


def _stored(tx: Tx, runs: Iterable[Fields]) -> list[Fields]:
    """These runs by number, with their events and personal parts."""
    found: dict[int, Fields] = {
        row["no"]: row | {"events": [], "parts": []} for row in sorted(runs, key=itemgetter("no"))
    }
    for row in sorted(tx.all_of("run_events"), key=itemgetter("seq")):
        if row["no"] in found:
            found[row["no"]]["events"].append(row["data"])
    for row in tx.all_of("run_inputs"):
        if row["no"] in found:
            found[row["no"]]["parts"].append(row["parts"])
    return list(found.values())


def _waiting(tx: Tx, teams: Column, people: Column) -> list[Fields]:
    wanted = set(zip(teams, people, strict=True))
    return _stored(
        tx,
        (
            row
            for row in tx.all_of("runs")
            if row["status"] == "waiting" and (row["team"], row["visitor"]) in wanted
        ),
    )


def _owners(tx: Tx, runs: Sequence[str]) -> list[Fields]:
    wanted = set(runs)
    return [row for row in tx.all_of("runs") if row["run_id"] in wanted]


def _runs(tx: Tx, numbers: Sequence[int]) -> list[Fields]:
    return _stored(tx, (row for no in set(numbers) if (row := tx.find("runs", (no,)))))


def _inserts(tx: Tx, args: Sequence[Column]) -> Iterator[tuple[str, Key, Fields]]:
    """The rows of a `WRITE`, each with its table and primary key."""
    for values in zip(*args[:15], strict=True):
        row: Fields = dict(zip(_RUN, values, strict=True))
        yield "runs", (row["no"],), row
    for cause, no, first, last in zip(*args[15:19], strict=True):
        row = {"cause": cause, "no": no, "first_seq": first, "last_seq": last, "handled_at": tx.began_at}
        yield "run_causes", (cause, no), row
    for no, first, parts in zip(*args[19:22], strict=True):
        yield "run_inputs", (no, first), {"no": no, "parts": parts}
    for no, seq, kind, at, cause, data in zip(*args[22:], strict=True):
        row = {"no": no, "seq": seq, "type": kind, "at": at, "cause": cause, "data": data}
        yield "run_events", (no, seq), row


def _can_write(tx: Tx, *args: Column) -> bool:
    keys = [(table, key) for table, key, _ in _inserts(tx, args)]
    return tx.can_hold([*keys, *(("run_ids", (run,)) for run in args[1])])


def _write(tx: Tx, *args: Column) -> list[Fields]:
    known = {row["run_id"] for row in tx.all_of("runs")}
    for table, key, row in _inserts(tx, args):
        if tx.find(table, key) is not None or row.get("run_id") in known:
            raise Conflict(f"{table} {key} is there")
        tx.put(table, key, row)
    return []


def _can_move(tx: Tx, numbers: Sequence[int], *_: Column) -> bool:
    return tx.can_hold([("runs", (no,)) for no in numbers])


def _move(tx: Tx, *args: Column) -> list[Fields]:
    for no, status, node, last, ended, error in zip(*args, strict=True):
        row = tx.find("runs", (no,))
        if row is not None:
            moved: Fields = {
                "status": status,
                "node": node,
                "last_seq": last,
                "ended_at": ended,
                "error": error,
            }
            tx.put("runs", (no,), row | moved)
    return []


def _can_renew(tx: Tx, causes: Column, numbers: Column) -> bool:
    return tx.can_hold([("run_causes", key) for key in zip(causes, numbers, strict=True)])


def _renew(tx: Tx, causes: Column, numbers: Column) -> list[Fields]:
    for key in zip(causes, numbers, strict=True):
        row = tx.find("run_causes", key)
        if row is not None:
            tx.put("run_causes", key, row | {"handled_at": tx.began_at})
    return []


def _can_skip(tx: Tx, causes: Sequence[str], *_: Column) -> bool:
    return tx.can_hold([("skips", (cause,)) for cause in causes])


def _skip(tx: Tx, *args: Column) -> list[Fields]:
    names = ("cause", "team", "visitor", "at", "trigger", "flow", "reason")
    for values in zip(*args, strict=True):
        if tx.find("skips", (values[0],)) is None:
            tx.put("skips", (values[0],), dict(zip(names, values, strict=True)))
    return []


# What is known of visitors


def _can_note(tx: Tx, teams: Column, people: Column, *_: object) -> bool:
    return tx.can_hold([("visitors", key) for key in zip(teams, people, strict=True)])


def _visitor(tx: Tx, key: Key, at: datetime | None) -> tuple[Fields, bool]:
    """The visitor's row and whether it was there; with its time of creation, if it had none."""
    row = tx.find("visitors", key)
    if row is None:
        return _VISITOR | {"team": key[0], "visitor": key[1], "created_at": at}, False
    return (row if row["created_at"] is not None or at is None else row | {"created_at": at}), True


def _load(tx: Tx, teams: Column, people: Column, with_events: bool) -> list[Fields]:
    found: list[Fields] = []
    for key in zip(teams, people, strict=True):
        row = tx.find("visitors", key)
        if row is None:
            continue
        events = {
            event["event"]: {name: event[name] for name in ("count", "first_at", "last_at")}
            | {"last_data": msgspec.Raw(event["last_data"])}
            for event in (tx.all_of("visitor_events") if with_events else ())
            if (event["team"], event["visitor"]) == key
        }
        found.append({**row, "events": _encode(events) if events else None})
    return found


def _loaded(tx: Tx, *args: Any) -> list[Fields]:  # noqa: ANN401 - columns, and how long a session lasts
    pause: timedelta = args[7]
    for team, visitor, at, agent, locale, country, city in zip(*args[:7], strict=True):
        row, was_there = _visitor(tx, (team, visitor), at)
        is_new = not was_there or row["loaded_at"] is None or at - row["loaded_at"] > pause
        row = row | {"loaded_at": at, "user_agent": agent, "locale": locale, "country": country, "city": city}
        tx.put("visitors", (team, visitor), row | {"sessions": row["sessions"] + is_new})
    return []


def _seen(tx: Tx, *args: Column) -> list[Fields]:
    for team, visitor, at, agent, locale, country, city in zip(*args, strict=True):
        row, _ = _visitor(tx, (team, visitor), at)
        said = {"user_agent": agent, "locale": locale, "country": country, "city": city}
        tx.put("visitors", (team, visitor), row | {name: value for name, value in said.items() if value})
    return []


def _fields(tx: Tx, *args: Column) -> list[Fields]:
    for team, visitor, at, said in zip(*args, strict=True):
        row, was_there = _visitor(tx, (team, visitor), at)
        both = _decode(row["fields"]) | _decode(said)
        if not was_there or len(both) <= noting.MOST_FIELDS:
            row = row | {"fields": _encode(both)}
        tx.put("visitors", (team, visitor), row)
    return []


def _forms(tx: Tx, *args: Column) -> list[Fields]:
    for team, visitor, message, said in zip(*args, strict=True):
        row = tx.find("visitors", (team, visitor))
        if row is None:
            continue
        form: Fields = _decode(row["form"]) if row["form"] else {"message": None}
        before: Fields = form["values"] if form["message"] == message else {}
        form = {"message": message, "values": before | _decode(said)}
        tx.put("visitors", (team, visitor), row | {"form": _encode(form)})
    return []


def _said(side: str) -> Callable[..., list[Fields]]:
    def apply(tx: Tx, *args: Column) -> list[Fields]:
        for team, visitor, at, post, seq in zip(*args, strict=True):
            row, _ = _visitor(tx, (team, visitor), None)
            if row[f"{side}_at"] is None or row[f"{side}_at"] < at:
                row, _ = _visitor(tx, (team, visitor), at)
                said: Fields = {f"{side}_at": at, f"{side}_id": post, f"{side}_seq": seq}
                tx.put("visitors", (team, visitor), row | said)
        return []

    return apply


def _changed(column: str, since: str) -> Callable[..., list[Fields]]:
    def apply(tx: Tx, *args: Column) -> list[Fields]:
        for team, visitor, at, value in zip(*args, strict=True):
            row, _ = _visitor(tx, (team, visitor), None)
            if row[since] is None or row[since] <= at:
                now = ([*value.split(",")] if value else []) if column == "assigned" else value
                tx.put("visitors", (team, visitor), row | {column: now, since: at})
        return []

    return apply


def _can_track(tx: Tx, teams: Column, people: Column, events: Column, *_: Column) -> bool:
    tracked = [("visitor_events", key) for key in zip(teams, people, events, strict=True)]
    return tx.can_hold([*tracked, *(("visitors", key) for key in zip(teams, people, strict=True))])


def _tracked(tx: Tx, *args: Column) -> list[Fields]:
    for team, visitor, event, at, said in zip(*args, strict=True):
        row, _ = _visitor(tx, (team, visitor), at)
        tx.put("visitors", (team, visitor), row)
        key = (team, visitor, event)
        before = tx.find("visitor_events", key)
        names = sum((e["team"], e["visitor"]) == key[:2] for e in tx.all_of("visitor_events"))
        if before is None and names >= noting.MOST_FIELDS:
            continue
        first: Fields = {"team": team, "visitor": visitor, "event": event, "count": 0, "first_at": at}
        known = first if before is None else before
        tx.put("visitor_events", key, known | {"count": known["count"] + 1, "last_at": at, "last_data": said})
    return []


# Recovery


def _can_mark(tx: Tx, *_: object) -> bool:
    return tx.can_hold([("recovery", ())])


def _begin(tx: Tx, since: datetime, server: str) -> list[Fields]:
    row = tx.find("recovery", ()) or {"since": None, "server": None}
    if row["since"] is not None or row["server"] != server:
        row = row | {"since": min(row["since"] or since, since)}
    tx.put("recovery", (), row)
    return [row]


def _end(tx: Tx, since: datetime, server: str) -> list[Fields]:
    row = tx.find("recovery", ())
    if row is not None and row["since"] == since:
        tx.put("recovery", (), {"since": None, "server": server})
    return []


# Definitions


def _registry_version(tx: Tx) -> list[Fields]:
    return [{"version": tx.tables.registry}]


def _active(tx: Tx) -> list[Fields]:
    return [
        {"team": team, "trigger": trigger, "event": event, "flow": flow, "version": version}
        for (team, trigger, event), (flow, version) in tx.tables.active.items()
    ]


def _for_run(tx: Tx, team: str, flow: str, version: int) -> list[Fields]:
    found = next((d for key, d in tx.tables.versions.items() if key == (team, flow, version)), None)
    if found is None:
        return []
    row: Fields = {"team": team, "flow": flow, "version": version, "hash": "", "published_at": tx.began_at}
    return [row | {"published_by": "", "definition": _encode(found)}]


STATEMENTS: dict[str, Statement] = {
    HOLD: Statement("lock", _lock, ModelTransaction.can_lock),
    journal.LOOK_UP: Statement("look up", _look_up),
    recovery.HANDLED_SINCE: Statement("handled since", _handled_since),
    journal.WAITING: Statement("waiting", _waiting),
    journal.OWNERS: Statement("owners", _owners),
    journal.RUNS: Statement("runs", _runs),
    journal.WRITE: Statement("write", _write, _can_write),
    journal.MOVE: Statement("move", _move, _can_move),
    journal.RENEW: Statement("renew", _renew, _can_renew),
    journal.SKIP: Statement("skip", _skip, _can_skip),
    visitors.LOAD: Statement("visitors", _load),
    noting.LOADED: Statement("loaded", _loaded, _can_note),
    noting.SEEN: Statement("seen", _seen, _can_note),
    noting.FIELDS: Statement("fields", _fields, _can_note),
    noting.FORMS: Statement("forms", _forms, _can_note),
    noting.TRACKED: Statement("tracked", _tracked, _can_track),
    noting.AGENT_POSTS: Statement("agent posts", _said("last_agent_post"), _can_note),
    noting.MESSAGES: Statement("messages", _said("last_message"), _can_note),
    noting.ASSIGNED: Statement("assigned", _changed("assigned", "assigned_at"), _can_note),
    noting.CONVERTED: Statement("converted", _changed("customer_type", "converted_at"), _can_note),
    recovery.BEGIN: Statement("begin recovery", _begin, _can_mark),
    recovery.END: Statement("end recovery", _end, _can_mark),
    definitions.REGISTRY_VERSION: Statement("registry", _registry_version),
    definitions.ACTIVE: Statement("active", _active),
    definitions.FOR_RUN: Statement("definition", _for_run),
}
