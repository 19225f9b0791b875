"""The flows of a simulation: those that ship, and small ones that wait in every way there is."""

from functools import cache

from contracts.flow import FlowDefinition, parse
from contracts.ids import AgentId, FlowId, TeamId
from contracts.team import TeamSettings
from contracts.team import parse as parse_team
from services.flow_executor.engine.graph import CompiledFlow, compile_flow
from tests.flow_executor.shapes import flow, reply, shipped, thorough, wait

TEAM = TeamId("default")
AGENTS = (AgentId("agent-1"), AgentId("agent-2"))

_PATIENT: dict[str, object] = {
    "hello": reply("hello {{message_body}}", "w"),
    "w": wait(4, TIMEOUT="late", AGENT_ANSWER="thanks", VISITOR_ANSWER="again"),
    "late": reply("late"),
    "thanks": reply("thanks"),
    "again": reply("you said {{message_body}}", "w2"),
    "w2": wait(3, TIMEOUT="late", AGENT_ANSWER="thanks", VISITOR_ANSWER="end"),
}


def _asking(**question: object) -> dict[str, object]:
    return reply("please", "thanks") | question


_CHOOSING: dict[str, object] = {
    "ask": _asking(quick_replies=["A", "B"]) | {"next": {"A": "w", "B": "thanks", "SUCCESS": "other"}},
    "w": wait(3, TIMEOUT="thanks", AGENT_ANSWER="thanks", VISITOR_ANSWER="other"),
    "thanks": reply("thanks"),
    "other": reply("other"),
}
_FILLING: dict[str, object] = {
    "ask": _asking(form=["user_email", "user_mobile"]) | {"next": {"SUCCESS": "write", "TIMEOUT": "end"}},
    "write": {
        "type": "set_field",
        "name": "s",
        "field": "asked",
        "value": "{{user_email}}",
        "next": {"SUCCESS": "t"},
    },
    "t": reply("thanks {{user_email}}", "rate"),
    "rate": _asking(survey=True) | {"next": {"SUCCESS": "bye", "TIMEOUT": "end"}},
    "bye": reply("bye"),
}
_WORKING: dict[str, object] = {
    "call": {
        "type": "http_request", "name": "c", "url": "https://a.example/{{track_event_count}}",
        "next": {"SUCCESS": "tell", "FAILED": "sorry"},
    },
    "tell": {"type": "notify_agents", "name": "n", "text": "look", "next": {"SUCCESS": "done", "FAILED": "sorry"}},
    "done": reply("done", "count"),
    "count": {
        "type": "set_field", "name": "s", "field": "seen", "value": "{{track_event_count}}",
        "next": {"SUCCESS": "end"},
    },
    "sorry": reply("sorry"),
}  # fmt: skip
_LOOKING: dict[str, object] = {
    "look": {"type": "appearance", "name": "a", "title": "hi", "next": {"SUCCESS": "convert"}},
    "convert": {
        "type": "convert",
        "name": "c",
        "customer_type": "gold",
        "next": {"SUCCESS": "hi", "FAILED": "hi"},
    },
    "hi": reply("hi", "all"),
    "all": {"type": "assign_all", "name": "all", "next": {"SUCCESS": "end", "FAILED": "end"}},
}


@cache
def flows() -> dict[str, tuple[FlowDefinition, ...]]:
    """What may answer each trigger."""
    overlaps = [
        flow("message_sent", _PATIENT, f"patient-{overlap}", overlap=overlap)
        for overlap in ("allow", "skip", "restart")
    ]
    raw: dict[str, list[dict[str, object]]] = {
        "widget_loaded": [shipped("load-widget")],
        "widget_opened": [
            shipped("agents-offline-message"),
            flow("widget_opened", _LOOKING, "looking"),
            flow("widget_opened", _CHOOSING, "choosing", cooldown_s=5),
        ],
        "message_sent": [shipped("busy-agents"), thorough(5), *overlaps],
        "event_tracked": [
            flow("event_tracked", _WORKING, "working"),
            flow("event_tracked", _FILLING, "filling", overlap="skip"),
            flow("event_tracked", _CHOOSING, "choosing-tracked", overlap="restart"),
        ],
    }
    return {trigger: tuple(_parsed(item) for item in items) for trigger, items in raw.items()}


def _parsed(raw: dict[str, object]) -> FlowDefinition:
    found = parse(raw)
    assert isinstance(found, FlowDefinition), found
    return found


@cache
def compiled(flow: FlowId, version: int) -> CompiledFlow:
    """One of them, compiled; once, because that takes longer than a whole schedule."""
    (definition,) = (item for items in flows().values() for item in items if item.flow == flow)
    return compile_flow(definition, version)


@cache
def settings() -> TeamSettings:
    """What the team has set."""
    raw = {
        "team": TEAM,
        "agents": [{"id": agent, "name": agent} for agent in AGENTS],
        "customer_types": [{"id": "gold", "name": "Gold"}],
    }
    found, problems = parse_team(raw)
    assert found is not None, problems
    return found
