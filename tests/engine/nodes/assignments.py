"""Who looks after the visitor; `test_picks.py` has the picks."""

from contracts.ids import AgentId
from contracts.run import ConversationAssigned, Json
from tests.engine.nodes.case import Case
from tests.engine.nodes.conditions import SALES
from tests.engine.worlds import facts

NOBODY: dict[str, Json] = {"team": {"groups.empty": []}}
NOBODY_ONLINE: dict[str, Json] = {**NOBODY, "group_online": {"empty": []}}
SOME: dict[str, Json] = {"groups.sales": ["a1", "a2"]}


def _given(*agents: str) -> tuple[ConversationAssigned]:
    return (ConversationAssigned(k=1, agents=tuple(AgentId(agent) for agent in agents)),)


def _group(method: str = "all", online: str = "any", group: str = "sales") -> dict[str, object]:
    return {"type": "assign_group", "group": group, "method": method, "online": online}


CASES = (
    Case(
        says="all of them, sorted",
        node={"type": "assign_all"},
        world=facts(team=["b", "a"]),
        outcome="SUCCESS",
        reads={"team_agents": ["a", "b"]},
        effects=_given("a", "b"),
    ),
    Case(
        says="a team without agents",
        node={"type": "assign_all"},
        world=facts(team=[]),
        outcome="FAILED",
        reads={"team_agents": []},
        code="no_agents",
        detail="the team has no agents; add one",
    ),
    Case(
        says="one of one",
        node={"type": "assign_any"},
        world=facts(team=["a"]),
        outcome="SUCCESS",
        reads={"team_agents": ["a"]},
        effects=_given("a"),
    ),
    Case(
        says="only who is online, and of the team",
        node={"type": "assign_any", "online_only": True},
        world=facts(team=["a", "b"], online=["b", "gone"]),
        outcome="SUCCESS",
        reads={"team_agents": ["a", "b"], "agents_online": ["b", "gone"]},
        effects=_given("b"),
    ),
    Case(
        says="nobody is online",
        node={"type": "assign_any", "online_only": True},
        outcome="FAILED",
        reads={"team_agents": ["a1", "a2"], "agents_online": []},
        code="no_agents",
        detail="no agent is online",
    ),
    Case(
        says="a team without agents",
        node={"type": "assign_any"},
        world=facts(team=[]),
        outcome="FAILED",
        reads={"team_agents": []},
        code="no_agents",
        detail="the team has no agents; add one",
    ),
    Case(
        says="this one",
        node={"type": "assign_agent", "agent": "a2"},
        outcome="SUCCESS",
        reads={"team_agents": ["a1", "a2"]},
        effects=_given("a2"),
    ),
    Case(
        says="the agent is gone",
        node={"type": "assign_agent", "agent": "zoe"},
        outcome="FAILED",
        reads={"team_agents": ["a1", "a2"]},
        code="unknown_reference",
        detail="the team has no agent zoe; add it, or change the flow",
    ),
    Case(
        says="all of a group, online or not",
        node=_group(),
        world=facts(settings=SALES),
        outcome="SUCCESS",
        reads={"team": SOME},
        effects=_given("a1", "a2"),
    ),
    Case(
        says="all who are online, where any is",
        node=_group(online="prefer"),
        world=facts(settings=SALES, online=["a2", "b"]),
        outcome="SUCCESS",
        reads={"team": SOME, "group_online": {"sales": ["a2"]}},
        effects=_given("a2"),
    ),
    Case(
        says="all, where none is online",
        node=_group(online="prefer"),
        world=facts(settings=SALES, online=["b"]),
        outcome="SUCCESS",
        reads={"team": SOME, "group_online": {"sales": []}},
        effects=_given("a1", "a2"),
    ),
    Case(
        says="one who is online",
        node=_group("one", "require"),
        world=facts(settings=SALES, online=["a1"]),
        outcome="SUCCESS",
        reads={"team": SOME, "group_online": {"sales": ["a1"]}},
        effects=_given("a1"),
    ),
    Case(
        says="none is online, and one has to be",
        node=_group("one", "require"),
        world=facts(settings=SALES, online=["b"]),
        outcome="FAILED",
        reads={"team": SOME, "group_online": {"sales": []}},
        code="no_agents",
        detail="nobody of group sales is online",
    ),
    *(
        Case(
            says=f"nobody is in the group: {online}",
            node=_group(online=online, group="empty"),
            world=facts(settings=SALES),
            outcome="FAILED",
            reads=reads,
            code="no_agents",
            detail="nobody is in group empty",
        )
        for online, reads in (("any", NOBODY), ("prefer", NOBODY_ONLINE))
    ),
    Case(
        says="the group is gone",
        node=_group(),
        outcome="FAILED",
        reads={"team": {"groups.sales": None}},
        code="unknown_reference",
        detail="the team has no group sales; add it, or change the flow",
    ),
)  # fmt: skip
