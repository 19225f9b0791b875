"""Waiting for an answer, for some time."""

from services.flow_executor.engine.stimuli import AgentAnswered, TimerDue, VisitorAnswered
from tests.engine.nodes.case import Case
from tests.engine.worlds import RUN, after

WAIT = {"type": "wait", "seconds": 15}
AT = "2026-03-04T05:06:11.890123Z"

CASES = (
    Case(says="time is up", node=WAIT, lasts_s=15, gets=TimerDue(RUN, 3), outcome="TIMEOUT"),
    Case(
        says="up to seven days",
        node={"type": "wait", "seconds": 604_800},
        lasts_s=604_800,
        gets=TimerDue(RUN, 3),
        outcome="TIMEOUT",
    ),
    Case(
        says="an agent answers",
        node=WAIT,
        lasts_s=15,
        gets=AgentAnswered("m1", after(4)),
        outcome="AGENT_ANSWER",
        reads={"answer": {"id": "m1", "at": AT}},
    ),
    Case(
        says="the visitor answers, which later nodes can read",
        node=WAIT,
        lasts_s=15,
        gets=VisitorAnswered("e2", after(4), {"message_body": "yes", "message_subtype": "TEXT"}),
        outcome="VISITOR_ANSWER",
        reads={"answer": {"id": "e2", "at": AT}},
        sets={"message_body": "yes", "message_subtype": "TEXT"},
    ),
)
