"""The world outside as the engine sees it: one snapshot per stimulus, and the look that records what is read of it.

The shell gathers a fact when `CompiledFlow.reads` names it, else leaves it UNSET. What a node read is recorded with
its outcome, and a replay rebuilds the snapshot from there: it knows what was read, and more is a `MissingFact`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contracts.forms import nearest
from contracts.ids import AgentId
from contracts.run import Json, RunEvent
from services.flow_executor.engine.team import TABLES
from services.flow_executor.engine.variables import KNOWN, is_known


class Post(Struct, frozen=True, kw_only=True):
    """Somebody wrote: when (stream time), which message, and the variables that it brings (a visitor's only)."""

    at: datetime
    id: str
    variables: Mapping[str, Json] = {}


class Prediction(Struct, frozen=True, kw_only=True):
    """The team's answer that fits best to what the visitor wrote: its id, how well (0 to 1), and its text."""

    answer: str
    score: float
    text: Json


class Facts(Struct, frozen=True, kw_only=True):
    """A snapshot for one stimulus."""

    now: datetime
    """Stream time of the message that brought the stimulus; aware, UTC. Events are dated by it."""
    agents_online: Iterable[AgentId] | UnsetType = UNSET
    assigned: Iterable[AgentId] | UnsetType = UNSET
    """Who looks after the visitor; empty: nobody."""
    team_agents: Iterable[AgentId] | UnsetType = UNSET
    team: Mapping[str, Json] | UnsetType = UNSET
    """What the team has set, by the keys of `engine.team`; a `Lookups` when it is all there."""
    prediction: Prediction | UnsetType | None = UNSET
    """What `predict_answer` would say to the visitor's last message; None: nothing fits."""
    group_online: Mapping[str, Iterable[AgentId]] = {}
    """Replays only: who of a group was online, where nobody looked at all agents."""
    variables: Mapping[str, Json] = {}
    """What is known of the visitor and the page; the trigger's variables and those set in the run come before."""
    last_agent_post: Post | None = None
    last_visitor_message: Post | None = None
    locale: str | UnsetType = ""


class MissingFact(LookupError):  # noqa: N818 (a word of the design)
    """A fact that the snapshot does not hold; a live run never meets it, a scenario or a what-if may."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not known here; {_where_given(name)}")
        self.name = name
        self.events: tuple[RunEvent, ...] = ()
        """What had happened by then, since the stimulus."""


def _where_given(name: str) -> str:
    """Where a scenario says it."""
    table = name.partition(".")[0]
    if table == "groups":
        return 'write given.team = { agents = [{ id = "…", groups = ["…"] }] }, as in the team\'s file'
    if table in TABLES:
        return f"write given.team = {{ {table} = … }}, as in the team's file"
    if name in Facts.__struct_fields__:
        return f"write given.{name} = …"
    return f"write given.variables = {{ {name} = … }}"


class UnknownVariable(LookupError):  # noqa: N818 (said of a name in a flow)
    """A variable that nobody set; `near` is the one that was probably meant."""

    def __init__(self, name: str, near: str | None) -> None:
        hint = f"; did you mean {near}?" if near else ""
        super().__init__(f"there is no variable {name}{hint}")
        self.name, self.near = name, near


T = TypeVar("T")


class Look:
    """A node's eyes: gives facts and variables, and keeps in `facts` and `variables` what was read since `begin`."""

    __slots__ = ("_assigned", "_facts", "_run_variables", "_seed", "facts", "now", "unknown", "variables")

    def __init__(
        self,
        facts: Facts,
        run_variables: Mapping[str, Json],
        unknown: Mapping[str, str | None] | None = None,
    ) -> None:
        """`unknown` (replays only): the recorded unknown names, each with the nearest; other gaps are missing facts."""
        self.now = facts.now
        self.unknown = unknown
        self._facts = facts
        self._run_variables = run_variables
        self._assigned = facts.assigned
        self.begin()

    def begin(self, seed: str = "") -> None:
        """Forget what was read: the next node looks. `seed` is what its picks depend on."""
        self._seed = seed
        self.facts: dict[str, Json] = {}
        self.variables: dict[str, Json] = {}

    def agents_online(self) -> list[AgentId]:
        """The agents who are online, sorted."""
        return self._ids("agents_online", self._facts.agents_online)

    def members(self, group: str) -> list[AgentId] | None:
        """The agents of a group, sorted; None: the team has no such group."""
        agents = self.team("groups", group)
        return None if agents is None else sorted(cast("list[AgentId]", agents))

    def online_in(self, group: str, members: Iterable[AgentId]) -> list[AgentId]:
        """Who of the group is online, sorted."""
        if self._facts.agents_online is not UNSET:
            found = sorted(set(self._facts.agents_online).intersection(members))
        elif group in self._facts.group_online:
            found = sorted(self._facts.group_online[group])
        else:
            raise MissingFact("agents_online")
        self._note("group_online", group, found)
        return found

    def team(self, kind: str, name: str = "") -> Json:
        """What the team has set under `<kind>.<name>`; None: nothing."""
        key = f"{kind}.{name}" if name else kind
        try:
            value = cast("Mapping[str, Json]", self._facts.team)[key]
        except (KeyError, TypeError):  # TypeError: UNSET
            raise MissingFact(key) from None
        self._note("team", key, value)
        return value

    def prediction(self) -> Prediction | None:
        """The answer that fits best to what the visitor wrote."""
        prediction = self._facts.prediction
        if prediction is UNSET:
            raise MissingFact("prediction")
        self.facts["prediction"] = msgspec.to_builtins(prediction)
        return prediction

    def pick(self, among: Sequence[T]) -> T:
        """One of these, evenly, and always the same one for the same run and event."""
        digest = blake2b(self._seed.encode(), digest_size=8).digest()
        return among[int.from_bytes(digest) % len(among)]

    def local_now(self, zone: str | None = None) -> datetime:
        """The run's time in that zone, else in the team's (which is recorded when it is not UTC)."""
        return self.now.astimezone(ZoneInfo(zone or self._zone()))

    def assigned(self) -> list[AgentId]:
        """Who looks after the visitor by now, sorted."""
        return self._ids("assigned", self._assigned)

    def team_agents(self) -> list[AgentId]:
        """All agents of the team, sorted."""
        return self._ids("team_agents", self._facts.team_agents)

    def locale(self) -> str:
        """The visitor's language tag, or an empty text."""
        locale = self._facts.locale
        if locale is UNSET:
            raise MissingFact("locale")
        self.facts["locale"] = locale
        return locale

    def variable(self, name: str, *, guarded: bool = False) -> Json:
        """The value of a variable, None when it has none. Raises `UnknownVariable`, unless `guarded` by a default."""
        if name == "now":
            return msgspec.to_builtins(self.local_now())
        if name == "agents_online_count":
            return len(self.agents_online())
        if name in self._run_variables:
            value = self._run_variables[name]
        elif name in self._facts.variables:
            value = self._facts.variables[name]
        elif self.unknown is not None:
            if name not in self.unknown:
                raise MissingFact(name)
            raise self._refusal(name, self.unknown[name])
        elif guarded or is_known(name):
            value = None
        else:
            raise self._refusal(name, nearest(name, {*self._run_variables, *self._facts.variables, *KNOWN}))
        self.variables[name] = value
        return value

    def assign(self, agents: tuple[AgentId, ...]) -> None:
        """The run itself has assigned the visitor: its later nodes see that."""
        self._assigned = agents
        self.set({"is_assigned_user": bool(agents)})

    def set(self, variables: Mapping[str, Json]) -> None:
        """The run itself has set variables: its later nodes see them."""
        self._run_variables = {**self._run_variables, **variables}

    def _zone(self) -> str:
        """The team's. Records from before there were zones say none, and mean UTC."""
        team = self._facts.team
        zone = "UTC" if team is UNSET else str(team.get("time_zone") or "UTC")
        if zone != "UTC":
            self._note("team", "time_zone", zone)
        return zone

    def _note(self, fact: str, key: str, value: Json) -> None:
        """Record one entry of a fact that is a table."""
        table = cast("dict[str, Json]", self.facts.setdefault(fact, {}))
        table[key] = value

    def _ids(self, name: str, ids: Iterable[AgentId] | UnsetType) -> list[AgentId]:
        if ids is UNSET:
            raise MissingFact(name)
        found = sorted(ids)
        self.facts[name] = found
        return found

    def _refusal(self, name: str, near: str | None) -> UnknownVariable:
        self.facts["unknown"] = [name, near]
        return UnknownVariable(name, near)
