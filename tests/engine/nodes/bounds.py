"""Where a flow begins."""

from tests.engine.nodes.case import Case

CASES = (Case(says="a flow begins", node={"type": "start"}, outcome="SUCCESS"),)
