"""What a team has set: its agents and hours, what its flows may refer to, how its robot looks. KV bucket TEAM.

A team exists when its key exists; `default` is there from the start.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from contracts.chat import Appearance
from contracts.fields import is_own
from contracts.forms import STAND_IN, Problem, examined, shown
from contracts.hours import Day, Hours, TimeZone, is_calendar, is_zone
from contracts.ids import TOKEN_PATTERN, AgentId, TeamId

MAX_BYTES = 900_000
"""Of a file of settings: what one message of the bus carries, with room for what goes around it."""

_TOKEN = Meta(pattern=TOKEN_PATTERN, description="an id: 1 to 64 of A-Z a-z 0-9 _ -")
_Text = Annotated[
    str, Meta(max_length=200, pattern=r"^[^\x00]*$", description="text of at most 200 characters")
]
_Name = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="text of 1 to 200 characters"),
]
_Email = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$(?!\n)",
        description="an e-mail address such as ann@shop.example",
    ),
]
_Origin = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^/?#\s]+$",
        max_length=300,
        description="an origin such as https://shop.example, without a path",
    ),
]
_Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="a SHA-256 of 64 hexadecimal digits")]


Role = Literal["admin", "agent", "sre"]


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who answers visitors."""

    id: Annotated[AgentId, _TOKEN]
    name: _Text = ""
    """What visitors see; empty: the id."""
    email: _Email = ""
    """Where the agent is reached; empty: nowhere yet."""
    groups: tuple[_Name, ...] = ()
    role: Role = "agent"
    """What the agent may do in the console: `admin` everything, `agent` answer visitors and look, `sre` also replay,
    export and cancel runs, but publish nothing."""


_Word = Annotated[
    str,
    Meta(
        pattern=r"^[a-z_][a-z0-9_]{0,63}$(?!\n)",
        description="a name of 1 to 64 lowercase letters, digits and _, that does not begin with a digit",
    ),
]
_Long = Annotated[
    str,
    Meta(min_length=1, max_length=4000, pattern=r"^[^\x00]*$", description="text of 1 to 4000 characters"),
]
_LOCALE = Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$(?!\n)", description="a locale such as zh-CN")
# Not `_Long | dict`: msgspec 0.22 crashes on a union of a text with a pattern and a dict.
Localized = str | dict[Annotated[str, _LOCALE], _Long]
"""One text of at most 4000 characters for everybody, or one per locale."""
FIRST_AGENT = AgentId("agent-1")
"""With whom a team begins."""
RESERVED = frozenset(("flow", "robot"))
"""What histories say of flows: nobody may be called so."""
_HOST = r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?"
_Host = Annotated[
    str,
    Meta(
        pattern=rf"^{_HOST}$(?!\n)",
        description="a host such as api.shop.example, *.shop.example or api.shop.example:8443",
    ),
]
_Url = Annotated[
    str,
    Meta(pattern=r"^https?://[^\s\x00]+$(?!\n)", max_length=2000, description="an address such as https://…"),
]
_Expression = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00]*$",
        description='an expression such as user_country == "DE", of at most 1000 characters',
    ),
]


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group of agents, named so that it is there also while nobody is in it."""

    id: _Name
    description: _Text = ""


class CustomerType(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a flow or an agent can make of a visitor."""

    id: Annotated[str, _TOKEN]
    name: _Text = ""


class CustomField(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A field of visitors beside the standard ones; flows read it by its id, or as `extra_field_<TYPE>_<number>`."""

    id: _Word
    type: Literal["TEXT", "LONG_TEXT", "INTEGER", "FLOAT", "BOOLEAN", "DATE", "SELECT"] = "TEXT"
    """What `set_field` and forms take: INTEGER and FLOAT a number, BOOLEAN true or false, DATE 2026-10-01, SELECT one
    of the options; LONG_TEXT is asked for in several lines."""
    number: Annotated[int, Meta(ge=0, le=9999, description="a whole number from 0 to 9999")] = 0
    """Counts within its type; 0: its place in this list, from 1."""
    label: Localized = ""
    """What a form asks; empty: the id."""
    options: tuple[_Name, ...] = ()
    """With SELECT: what may be chosen."""


class TrackedEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event that pages track, with the number by which flows know it (`track_event_seq`, `event_count_<n>`)."""

    name: Annotated[
        str,
        Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$", description="text of 1 to 64 characters"),
    ]
    number: Annotated[int, Meta(ge=0, le=9999, description="a whole number from 0 to 9999")] = 0
    """0: its place in this list, from 1."""


class Segment(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of the visitors, by a filter over their profile."""

    id: Annotated[str, _TOKEN]
    name: _Text = ""
    filter: _Expression


class CannedMessage(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message that flows and agents send by its id; `{{variables}}` are for flows."""

    id: Annotated[str, _TOKEN]
    text: Localized


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A question that visitors ask, in one or more wordings, and its answer."""

    id: Annotated[str, _TOKEN]
    questions: Annotated[
        tuple[_Long, ...], Meta(min_length=1, max_length=20, description="a list of 1 to 20 wordings")
    ]
    answer: Localized


class Webhook(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where `notify_agents` sends what people should know. Its host must be allowed."""

    url: _Url
    format: Literal["json", "slack", "dingtalk", "wecom"] = "json"
    """The body: `json` is the whole notice (`agents_notified.v1`), `slack` `{"text": …}`, `dingtalk` and `wecom`
    `{"msgtype": "text", "text": {"content": …}}`."""
    secret: _Text = ""
    """Signs what is sent: header `Frontdesk-Signature: t=<unix>,v1=<hex>`, the HMAC-SHA256 of `<t>.<body>`; empty: not
    signed."""


class TeamSettings(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of a team's key."""

    team: Annotated[TeamId, _TOKEN]
    name: _Text = ""
    agents: tuple[Agent, ...] = ()
    groups: tuple[Group, ...] = ()
    """Those that agents are in are there without being named here."""
    time_zone: TimeZone = "UTC"
    """Where the team's hours and holidays are, and the variable `now`."""
    working_hours: Hours | None = None
    """None: not set, and a `working_hours` node without hours of its own fails."""
    holidays: tuple[Day, ...] = ()
    customer_types: tuple[CustomerType, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    tracked_events: tuple[TrackedEvent, ...] = ()
    segments: tuple[Segment, ...] = ()
    canned_messages: tuple[CannedMessage, ...] = ()
    answers: tuple[Answer, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    allowed_hosts: tuple[_Host, ...] = ()
    """Hosts that `http_request` and webhooks may reach; none by default."""
    allowed_origins: tuple[_Origin, ...] = ()
    """Origins of pages that may embed the widget, `https://shop.example`; the gateway's own pages always may."""
    robot_name: _Text = ""
    robot_avatar: _Text = ""
    appearance: Appearance = Appearance()
    api_key_hashes: tuple[_Hash, ...] = ()
    """SHA-256, in hexadecimal, of each key with which the team's own servers may send events and read histories."""
    identity_secret: _Text | None = None
    """Checks the `identity` JWT of `hello` (HS256); without it no visitor can be identified."""


def initial(team: TeamId) -> TeamSettings:
    """What every team begins with: the admin `agent-1`, and the customer type to which shipped flows convert."""
    return TeamSettings(
        team=team,
        agents=(Agent(id=FIRST_AGENT, name=FIRST_AGENT, role="admin"),),
        customer_types=(CustomerType(id="lead", name="潜在客户"),),
    )


def parse(raw: object) -> tuple[TeamSettings | None, tuple[Problem, ...]]:
    """Settings that somebody wrote (JSON's types), or None and every problem at once."""
    if not isinstance(raw, dict):
        problem = Problem(
            code="bad_value",
            at="",
            detail=f"settings are a table, not {shown(raw)}",
            hint="`frontdesk team show --json` prints one to start from",
        )
        return None, (problem,)
    settings, problems = examined(TeamSettings, cast("Mapping[str, object]", raw), _beyond_types)
    return (None if problems else settings), problems


def numbered(items: Sequence[TrackedEvent]) -> Iterator[tuple[int, TrackedEvent]]:
    """The tracked events with their numbers."""
    for place, item in enumerate(items, 1):
        yield item.number or place, item


def numbered_fields(items: Sequence[CustomField]) -> Iterator[tuple[int, CustomField]]:
    """The custom fields with their numbers, which count within each type."""
    places: dict[str, int] = {}
    for item in items:
        places[item.type] = places.get(item.type, 0) + 1
        yield item.number or places[item.type], item


def group_members(settings: TeamSettings) -> dict[str, tuple[AgentId, ...]]:
    """Every group, named or not, with its agents, sorted."""
    members: dict[str, list[AgentId]] = {group.id: [] for group in settings.groups}
    for agent in settings.agents:
        for group in agent.groups:
            members.setdefault(group, []).append(agent.id)
    return {group: tuple(sorted(agents)) for group, agents in members.items()}


def role_of(settings: TeamSettings, agent: AgentId) -> Role | None:
    """What this agent may do; None: the team has no such agent.

    In a team that has no admin `agent-1` is one: settings that were written before there were roles lock nobody out.
    """
    known = next((known for known in settings.agents if known.id == agent), None)
    if known is None:
        return None
    if agent == FIRST_AGENT and not any(other.role == "admin" for other in settings.agents):
        return "admin"
    return known.role


def _beyond_types(settings: TeamSettings) -> Iterator[Problem]:
    yield from _doubles(settings)
    yield from _of_calendar(settings)
    yield from _of_texts(settings)
    for place, agent in enumerate(settings.agents):
        if agent.id in RESERVED:
            detail = f"{agent.id} is not somebody: histories say it of what flows do"
            yield _bad(f"agents.{place}.id", detail, "give the agent another id")
    for place, field in enumerate(settings.custom_fields):
        if is_own(field.id):
            detail = f"{field.id} is a variable already, which nobody but Frontdesk writes"
            yield _bad(f"custom_fields.{place}.id", detail, "give the field another id")
        if (field.type == "SELECT") != bool(field.options):
            detail = "SELECT needs options, and no other type has them"
            yield _bad(
                f"custom_fields.{place}.options", detail, 'write options = ["a", "b"] with type = "SELECT"'
            )
    for place, webhook in enumerate(settings.webhooks):
        host = _host_of(webhook.url)
        if not any(_is_within(host, allowed) or allowed == STAND_IN for allowed in settings.allowed_hosts):
            detail = f"{host or 'its host'} is none of the allowed hosts, so nothing would be sent there"
            yield _bad(f"webhooks.{place}.url", detail, "add its host to allowed_hosts")


def _of_calendar(settings: TeamSettings) -> Iterator[Problem]:
    if not is_zone(settings.time_zone):
        yield _bad(
            "time_zone", f"there is no time zone {settings.time_zone}", "write one such as Asia/Shanghai"
        )
    for place, days in enumerate(settings.holidays):
        if not is_calendar(days):
            yield _bad(f"holidays.{place}", f"{days} is not in the calendar", "write days such as 2026-10-01")


def _of_texts(settings: TeamSettings) -> Iterator[Problem]:
    """What msgspec cannot say of a text that may also be a table."""
    for at, text in _localized(settings):
        if isinstance(text, str) and (len(text) > 4000 or "\0" in text):
            yield _bad(at, "this is no text of at most 4000 characters without U+0000", "write a shorter one")
        elif not text and not at.endswith("label"):
            yield _bad(at, "there is nothing to say", "write a text, or one per locale")


def _doubles(settings: TeamSettings) -> Iterator[Problem]:
    """What stands there twice."""
    yield from _twins("agents", "id", [agent.id for agent in settings.agents], "duplicate_agent")
    for name in ("groups", "customer_types", "custom_fields", "segments", "canned_messages", "answers"):
        yield from _twins(name, "id", [item.id for item in getattr(settings, name)])
    yield from _twins("tracked_events", "name", [event.name for event in settings.tracked_events])
    events = [str(number) for number, _ in numbered(settings.tracked_events)]
    yield from _twins("tracked_events", "number", events)
    fields = [f"{field.type} {number}" for number, field in numbered_fields(settings.custom_fields)]
    yield from _twins("custom_fields", "number", fields)


def _host_of(url: str) -> str:
    """The host of an address, without its port; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_within(host: str, allowed: str) -> bool:
    """Whether the host can be meant, whatever the port: that is looked at when something is sent."""
    name = allowed.partition(":")[0].casefold()
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _localized(settings: TeamSettings) -> Iterator[tuple[str, Localized]]:
    for place, field in enumerate(settings.custom_fields):
        yield f"custom_fields.{place}.label", field.label
    for place, canned in enumerate(settings.canned_messages):
        yield f"canned_messages.{place}.text", canned.text
    for place, answer in enumerate(settings.answers):
        yield f"answers.{place}.answer", answer.answer


def _twins(name: str, key: str, ids: Sequence[str], code: str = "duplicate") -> Iterator[Problem]:
    """What has an id that another one has already."""
    first: dict[str, int] = {}
    kind = name.removesuffix("s").replace("_", " ")
    for place, item in enumerate(ids):
        if first.setdefault(item, place) != place:
            yield Problem(
                code=code,
                at=f"{name}.{place}.{key}",
                detail=f"{kind} {item} is there already",
                hint=f"remove this one, or give it another {key} than {name}.{first[item]}",
            )


def _bad(at: str, detail: str, hint: str) -> Problem:
    return Problem(code="bad_value", at=at, detail=detail, hint=hint)
