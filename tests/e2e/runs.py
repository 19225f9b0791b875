"""What became of a visitor's runs, as the executor answers it."""

from contracts.ids import VisitorId
from contracts.requests import RunHistory, RunRequest, RunsList, RunsPage
from contracts.run import NodeCompleted
from services.chassis.bus import Bus
from tests.waiting import eventually


async def path_of(bus: Bus, visitor: str, flow: str, status: str = "completed") -> list[str]:
    """Each node with its outcome, of the visitor's newest run of the flow, once it has that status."""

    async def found() -> list[str]:
        listed = await bus.request("query.runs.list", RunsList(visitor=VisitorId(visitor)), RunsPage)
        runs = [run for run in listed.runs if run.flow == flow]
        assert [run.status for run in runs[:1]] == [status]
        history = await bus.request("query.runs.events", RunRequest(run=runs[0].run), RunHistory)
        return [
            f"{event.node} {event.outcome}" for event in history.events if isinstance(event, NodeCompleted)
        ]

    return await eventually(found, within_s=10)
