"""What one run of the tutorial's flow leaves behind, written down once: the rows and messages that the floor
copies.
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contracts.chat import Author, Posted, Text
from contracts.flow import FlowDefinition, parse_toml
from contracts.ids import EventId, FrameId, MessageId, TeamId, VisitorId, event_id, run_id
from contracts.requests import RunAppended
from contracts.run import MessagePosted, NodeCompleted, Personal, TriggerRef, split
from services.flow_executor.engine.decide import start
from services.flow_executor.engine.facts import Facts
from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.stimuli import Triggered
from services.flow_executor.journal import tag_of

TEAM, VISITOR = TeamId("default"), VisitorId("v-00000000")
PAGE = "https://tea.example/green"


def definition() -> FlowDefinition:
    """The tutorial's flow, without its cool-down: every visitor of the benchmark opens the window once."""
    parsed = parse_toml((Path(__file__).parents[2] / "flows" / "agents-offline-message.toml").read_bytes())
    assert isinstance(parsed, FlowDefinition)
    return msgspec.structs.replace(parsed, cooldown_s=0)


_AT = datetime(2026, 1, 1, tzinfo=UTC)
_EVENT: EventId = event_id(TEAM, VISITOR, FrameId("f1"))
_EVENTS = start(
    compile_flow(definition(), 1),
    Triggered(
        run=run_id(_EVENT),
        team=TEAM,
        visitor=VISITOR,
        trigger=TriggerRef(name="widget_opened", event_id=_EVENT, stream_seq=1, at=_AT),
        variables={"page_url": PAGE},
    ),
    Facts(now=_AT, agents_online=()),
)
_SPLIT = [split(event) for event in _EVENTS]

ROWS = [(event.seq, tag_of(event), msgspec.json.encode(event)) for event, _ in _SPLIT]
"""`seq`, `type` and `data` of each event."""
PARTS = msgspec.json.encode({event.seq: part for event, part in _SPLIT if isinstance(part, Personal)})
_TEXT = next(
    effect.text
    for event in _EVENTS
    if isinstance(event, NodeCompleted)
    for effect in event.effects
    if isinstance(effect, MessagePosted)
)
MESSAGE = msgspec.json.encode(
    Posted(
        id=MessageId(f"{run_id(_EVENT)}.4.1"),
        team=TEAM,
        visitor=VISITOR,
        at=_AT,
        run=run_id(_EVENT),
        author=Author(kind="robot", id="robot"),
        body=Text(text=_TEXT),
    )
)
FEED = msgspec.json.encode(
    RunAppended(
        run=run_id(_EVENT),
        team=TEAM,
        flow=definition().flow,
        version=1,
        visitor=VISITOR,
        events=list(_EVENTS),
    )
)
