"""Questions: TRUE, FALSE, and why there is no answer."""

from contracts.run import Json
from tests.engine.nodes.case import Case
from tests.engine.worlds import facts

SALES: dict[str, Json] = {
    "agents": [{"id": "a1", "groups": ["sales"]}, {"id": "a2", "groups": ["sales"]}, {"id": "b"}],
    "groups": [{"id": "sales"}, {"id": "empty"}],
}
VIPS: dict[str, Json] = {
    "segments": [
        {"id": "vips", "filter": "user_web_sessions > 8 and customer_user_type == 'lead'"},
        {"id": "broken", "filter": "score >"},
        {"id": "adding", "filter": "user_city + 1 > 8"},
        {"id": "crowd", "filter": "agents_online_count > 1"},
    ]
}
OF_SALES = {"type": "agents_offline", "group": "sales"}
LOGIC = {"type": "logic"}


def _logic(expression: str) -> dict[str, object]:
    return {"type": "logic", "expression": expression}


def _segment(name: str) -> dict[str, object]:
    return {"type": "in_segment", "segment": name}


CASES = (
    Case(says="nobody", node={"type": "agents_offline"}, outcome="TRUE", reads={"agents_online": []}),
    Case(
        says="somebody",
        node={"type": "agents_offline"},
        world=facts(online=["b", "a"]),
        outcome="FALSE",
        reads={"agents_online": ["a", "b"]},
    ),
    Case(
        says="nobody of the group; who else is online is not recorded",
        node=OF_SALES,
        world=facts(online=["b"], settings=SALES),
        outcome="TRUE",
        reads={"team": {"groups.sales": ["a1", "a2"]}, "group_online": {"sales": []}},
    ),
    Case(
        says="somebody of the group",
        node=OF_SALES,
        world=facts(online=["b", "a2"], settings=SALES),
        outcome="FALSE",
        reads={"team": {"groups.sales": ["a1", "a2"]}, "group_online": {"sales": ["a2"]}},
    ),
    Case(
        says="a group without agents is offline",
        node={"type": "agents_offline", "group": "empty"},
        world=facts(online=["b"], settings=SALES),
        outcome="TRUE",
        reads={"team": {"groups.empty": []}, "group_online": {"empty": []}},
    ),
    Case(
        says="the group is gone",
        node=OF_SALES,
        outcome="FAILED",
        reads={"team": {"groups.sales": None}},
        code="unknown_reference",
        detail="the team has no group sales; add it, or change the flow",
    ),
    Case(
        says="assigned",
        node={"type": "has_agent"},
        world=facts(assigned=["a2", "a1"]),
        outcome="TRUE",
        reads={"assigned": ["a1", "a2"]},
    ),
    Case(says="not assigned", node={"type": "has_agent"}, outcome="FALSE", reads={"assigned": []}),
    Case(
        says="true",
        node=_logic('user_country == "DE" and n > 8'),
        world=facts(variables={"n": 9, "m": 1, "user_country": "DE"}),
        outcome="TRUE",
        variables={"n": 9, "user_country": "DE"},
    ),
    Case(
        says="a known variable without a value is none",
        node=_logic('user_country == "DE"'),
        outcome="FALSE",
        variables={"user_country": None},
    ),
    Case(
        says="a variable that nobody knows",
        node=_logic("user_contry == 1"),
        outcome="FAILED",
        reads={"unknown": ["user_contry", "user_country"]},
        code="unknown_variable",
        detail="there is no variable user_contry; did you mean user_country?",
    ),
    Case(
        says="a part that is not there",
        node=_logic("track_event_data.amount > 5"),
        world=facts(variables={"track_event_data": {}}),
        outcome="FAILED",
        variables={"track_event_data": {}},
        code="unknown_variable",
        detail="track_event_data.amount does not exist here",
    ),
    Case(
        says="what cannot be calculated",
        node=_logic("user_fullname + 1 > 5"),
        world=facts(variables={"user_fullname": "Ann"}),
        outcome="FAILED",
        variables={"user_fullname": "Ann"},
        code="bad_operation",
        detail="user_fullname + 1 cannot be calculated with the values at hand",
    ),
    Case(
        says="the filter holds",
        node=_segment("vips"),
        world=facts(settings=VIPS, variables={"user_web_sessions": 9, "customer_user_type": "lead", "m": 1}),
        outcome="TRUE",
        reads={"team": {"segments.vips": "user_web_sessions > 8 and customer_user_type == 'lead'"}},
        variables={"user_web_sessions": 9, "customer_user_type": "lead"},
    ),
    Case(
        says="the filter does not hold; it may count agents",
        node=_segment("crowd"),
        world=facts(settings=VIPS, online=["a1"]),
        outcome="FALSE",
        reads={"team": {"segments.crowd": "agents_online_count > 1"}, "agents_online": ["a1"]},
    ),
    Case(
        says="the segment is gone",
        node=_segment("vips"),
        outcome="FAILED",
        reads={"team": {"segments.vips": None}},
        code="unknown_reference",
        detail="the team has no segment vips; add it, or change the flow",
    ),
    Case(
        says="the filter is no expression",
        node=_segment("broken"),
        world=facts(settings=VIPS),
        outcome="FAILED",
        reads={"team": {"segments.broken": "score >"}},
        code="bad_expression",
        detail="the filter of segment broken is wrong: column 7: unexpected end of input, expected expression",
    ),
    Case(
        says="the filter cannot be calculated",
        node=_segment("adding"),
        world=facts(settings=VIPS, variables={"user_city": "Ulm"}),
        outcome="FAILED",
        reads={"team": {"segments.adding": "user_city + 1 > 8"}},
        variables={"user_city": "Ulm"},
        code="bad_operation",
        detail="user_city + 1 cannot be calculated with the values at hand",
    ),
)
