"""Whether it is the hour; `test_hours.py` has the calendar."""

from contracts.run import Json
from tests.engine.nodes.case import Case
from tests.engine.worlds import facts

# The run's time is Wednesday 2026-03-04 05:06:07 UTC, in Shanghai eight hours later.
WORKING: dict[str, Json] = {"wed": ["09:00-17:00"]}
SHANGHAI: dict[str, Json] = {"working_hours": WORKING, "time_zone": "Asia/Shanghai"}
READ: dict[str, Json] = {"working_hours": WORKING, "holidays": [], "time_zone": "Asia/Shanghai"}
OWN: dict[str, object] = {
    "type": "working_hours",
    "hours": WORKING,
    "holidays": [],
    "time_zone": "Asia/Shanghai",
}

CASES = (
    Case(
        says="open by the team's hours in the team's zone",
        node={"type": "working_hours"},
        world=facts(settings=SHANGHAI),
        outcome="TRUE",
        reads={"team": READ},
    ),
    Case(
        says="closed by the team's holiday",
        node={"type": "working_hours"},
        world=facts(settings={**SHANGHAI, "holidays": ["2026-03-01/2026-03-07"]}),
        outcome="FALSE",
        reads={"team": {**READ, "holidays": ["2026-03-01/2026-03-07"]}},
    ),
    Case(
        says="closed by the team's hours in the node's zone",
        node={"type": "working_hours", "time_zone": "UTC"},
        world=facts(settings=SHANGHAI),
        outcome="FALSE",
        reads={"team": {"working_hours": WORKING, "holidays": []}},
    ),
    Case(says="the node's own hours read nothing of the team", node=OWN, outcome="TRUE"),
    Case(says="the node's own holiday", node={**OWN, "holidays": ["2026-03-04"]}, outcome="FALSE"),
    Case(
        says="no hours at all",
        node={"type": "working_hours"},
        outcome="FAILED",
        reads={"team": {"working_hours": None}},
        code="no_working_hours",
        detail="the team has set no working hours; set them, or give the node its own",
    ),
)
