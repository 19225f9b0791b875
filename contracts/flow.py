"""What admins write: one flow, its nodes and its scenarios, from TOML or JSON.

`parse_toml`, `parse_json` and `parse` give a `FlowDefinition`, or every problem of its form at once: what cannot
be read, fields that nobody knows, values out of bounds. Nodes stay raw here: what a type needs is checked by
who knows the types. Whatever comes in, the answer is problems, never another error.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from math import isfinite
from typing import Annotated, Literal, cast, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from contracts.forms import Json, Problem, examined, join, shown
from contracts.ids import TOKEN_PATTERN, AgentId, FlowId

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 500
MAX_TEXT = 4000
MAX_NAME = 64

Trigger = Literal["widget_loaded", "widget_opened", "message_sent", "event_tracked"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
Overlap = Literal["allow", "skip", "restart"]
Answer = Literal["TIMEOUT", "AGENT_ANSWER", "VISITOR_ANSWER", "REPLY_CHOSEN", "FORM_FILLED", "TASK_DONE"]
"""What can happen to a run that waits."""

Name = Annotated[
    str, Meta(min_length=1, max_length=MAX_NAME, description=f"text of 1 to {MAX_NAME} characters")
]
NodeKey = Annotated[str, Meta(pattern=TOKEN_PATTERN, description="1 to 64 of A-Z a-z 0-9 _ -")]
FlowKey = Annotated[
    FlowId,
    Meta(pattern="^[a-z0-9-]{1,64}$", description="1 to 64 lowercase letters, digits and hyphens"),
]
Cooldown = Annotated[
    int, Meta(ge=0, le=31_536_000, description="a whole number of seconds from 0 to 31536000 (a year)")
]
Place = tuple[int | float, int | float]


class Predicted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The answer of the team that fits best to what the visitor wrote, and how well."""

    answer: str
    score: Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, description="text")] = "…"


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The world of a scenario. A fact that is not given is missing: reading it fails the scenario."""

    agents_online: tuple[AgentId, ...] | UnsetType = UNSET
    assigned: tuple[AgentId, ...] | UnsetType = UNSET
    team_agents: tuple[AgentId, ...] | UnsetType = UNSET
    team: dict[str, Json] | UnsetType = UNSET
    """Team settings as far as the flow needs them, as in the team's file; what is not said is not set."""
    prediction: Predicted | UnsetType | None = UNSET
    """What `predict_answer` finds; nothing when only `team` is given."""
    locale: str = ""
    now: datetime | UnsetType = UNSET
    """Default: Monday 2024-01-01 09:00 UTC."""
    variables: dict[str, Json] = {}


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happens next while the run waits, and what has changed in the world by then."""

    type: Answer
    text: str = ""
    """What the visitor wrote; becomes `message_body`."""
    choice: str = ""
    """With REPLY_CHOSEN: what the visitor chose."""
    values: dict[str, Json] = {}
    """With FORM_FILLED: what the visitor filled in."""
    ok: bool = True
    """With TASK_DONE: whether the work was done."""
    status: int | None = None
    """With TASK_DONE: the status of the HTTP response."""
    value: Json = None
    """With TASK_DONE: what came back."""
    after_s: Annotated[int, Meta(ge=0, le=604_800, description="a whole number from 0 to 604800")] = 1
    """How long the run has waited when an answer comes; a TIMEOUT comes when it is due."""
    given: Given | UnsetType = UNSET
    """Replaces the facts that it names, from here on; of the variables only those that it names."""


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A promise about the flow: in this world it takes this path and posts these messages.

    `steps` are what the waits get, in order: `"TIMEOUT"`, `"AGENT_ANSWER"` …, or a table that says more:
    `{ type = "VISITOR_ANSWER", text = "yes", after_s = 5 }`, `{ type = "REPLY_CHOSEN", choice = "Sales" }`.
    `path` lists `node OUTCOME`; its last entry is the bare id of the `end` where the run is over, or of the node
    where it still waits.
    """

    name: Name
    given: Given = Given()
    steps: tuple[Answer | Step, ...] = ()
    path: tuple[str, ...] | None = None
    messages: tuple[str, ...] | None = None


class Comment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A note on the canvas, for those who edit the flow."""

    text: Annotated[str, Meta(max_length=MAX_TEXT, description=f"text of at most {MAX_TEXT} characters")]
    at: Place
    size: Place | UnsetType = UNSET
    """Width and height; the editor's own when not set."""


class FlowDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A flow as it was written. Edges are in each node's `next`: outcome to node id."""

    flow: FlowKey
    name: Name
    trigger: Trigger
    event: Name | None = None
    """Only with `event_tracked`: the one event that it answers; None: all the others."""
    cooldown_s: Cooldown = 0
    overlap: Overlap = "allow"
    nodes: dict[NodeKey, dict[str, Json]]
    layout: dict[str, Place] = {}
    """For the editor only."""
    comments: dict[NodeKey, Comment] = {}
    """For the editor only, by an id of their own."""
    scenarios: tuple[Scenario, ...] = ()


Parsed = FlowDefinition | tuple[Problem, ...]


def content(definition: FlowDefinition) -> FlowDefinition:
    """What makes a version: the definition without what only the editor shows."""
    return structs.replace(definition, layout={}, comments={})


def content_hash(definition: FlowDefinition) -> str:
    """What tells one version from another: SHA-256 (hex) over the sorted JSON of the content, without defaults."""
    return sha256(msgspec.json.encode(content(definition), order="sorted")).hexdigest()


class RejectedFlow(ValueError):  # noqa: N818 (a domain "no")
    """This cannot be a flow, and `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.at or 'flow'}: {p.detail} ({p.hint})" for p in problems))
        self.problems = problems


def parse_toml(data: bytes) -> Parsed:
    """The flow in a TOML file."""
    try:
        return parse(decode_toml(data))
    except RejectedFlow as exc:
        return exc.problems


def parse_json(data: bytes) -> Parsed:
    """The flow in a JSON document."""
    try:
        return parse(decode_json(data))
    except RejectedFlow as exc:
        return exc.problems


def decode_toml(data: bytes, most_bytes: int = MAX_BYTES) -> object:
    """What the TOML says, in JSON's types. Raises `RejectedFlow`."""
    return _decoded("TOML", lambda: msgspec.to_builtins(tomllib.loads(data.decode())), data, most_bytes)


def decode_json(data: bytes, most_bytes: int = MAX_BYTES) -> object:
    """What the JSON says. Raises `RejectedFlow`."""
    return _decoded("JSON", lambda: msgspec.json.decode(data), data, most_bytes)


def _decoded(language: str, decode: Callable[[], object], data: bytes, most_bytes: int) -> object:
    if len(data) > most_bytes:
        detail, hint = f"there are {len(data)} bytes", f"keep to {most_bytes} bytes"
        raise RejectedFlow((Problem(code="too_large", at="", detail=detail, hint=hint),))
    try:
        raw = decode()
    except (ValueError, RecursionError) as exc:
        detail, hint = _unreadable(language, data, exc)
        raise RejectedFlow((Problem(code="bad_syntax", at="", detail=detail, hint=hint),)) from exc
    unstorable = tuple(_unstorable(raw, "", MAX_DEPTH))
    if unstorable:
        raise RejectedFlow(unstorable)
    return raw


def _unreadable(language: str, data: bytes, exc: Exception) -> tuple[str, str]:
    """Why that is not the language, and the way out."""
    if isinstance(exc, RecursionError):
        return f"this {language} nests too deeply", f"keep to {MAX_DEPTH} levels"
    try:
        is_text = "\0" not in data.decode()
    except UnicodeDecodeError:
        is_text = False
    if not is_text:
        return "this is not text in UTF-8", f"give {language} as a text file, saved in UTF-8"
    return f"this is not {language}: {exc}", "mend it at that place; was the file cut off?"


def parse(raw: object) -> Parsed:
    """The flow in a decoded document, of whatever shape that is; see `decode_json`."""
    if not isinstance(raw, dict):
        return (_bad("", f"a flow is a table of fields, not {shown(raw)}", "begin with flow, name, trigger"),)
    definition, problems = examined(FlowDefinition, cast("dict[str, object]", raw), _beyond_types)
    return problems if definition is None or problems else definition


def _beyond_types(definition: FlowDefinition) -> Iterator[Problem]:
    if definition.event is not None and definition.trigger != "event_tracked":
        yield Problem(
            code="bad_value",
            at="event",
            detail=f"event narrows event_tracked, and this flow's trigger is {definition.trigger}",
            hint='remove event, or set trigger = "event_tracked"',
        )
    if len(definition.nodes) > MAX_NODES:
        yield Problem(
            code="bad_value",
            at="nodes",
            detail=f"there are {len(definition.nodes)} nodes",
            hint=f"keep to {MAX_NODES} nodes; split the flow by trigger or event",
        )


_INT64 = range(-(2**63), 2**63)


def _unstorable(raw: object, at: str, depth: int) -> Iterator[Problem]:
    """What neither JSON nor Postgres can hold."""
    match raw:
        case _ if depth == 0:
            yield _bad(at, "tables nest too deeply", f"keep to {MAX_DEPTH} levels")
        case str() if "\0" in raw:
            yield _bad(at, "the character U+0000 cannot be stored", "remove it")
        case float() if not isfinite(raw):
            yield _bad(at, "the number is not finite", "write an ordinary number")
        case int() if raw not in _INT64:
            yield _bad(at, "the number is too large", "keep to 64 bits")
        case dict():
            for key, item in cast("dict[str, object]", raw).items():
                yield from _unstorable(key, at, depth)
                yield from _unstorable(item, join(at, key), depth - 1)
        case list():
            for i, item in enumerate(cast("list[object]", raw)):
                yield from _unstorable(item, join(at, str(i)), depth - 1)
        case _:
            pass


def _bad(at: str, detail: str, hint: str) -> Problem:
    return Problem(code="bad_value", at=at, detail=detail, hint=hint)
