"""Up to where agents have seen conversations. What this service alone keeps: no stream has it."""

import msgspec

from contracts.frames import Read
from contracts.requests import ReadConversation, ReadUpTo
from contracts.subjects import hint
from services.chassis.bus import Bus
from services.chassis.database import Database, Transaction
from services.conversations.speaking import check_ids
from services.conversations.teams import Teams

_READ = """
insert into conversations.reads as r (team, agent, visitor, seq) values ($1, $2, $3, $4)
    on conflict (team, agent, visitor) do update set seq = greatest(r.seq, excluded.seq)
returning seq
"""
_EVERYTHING = ""
"""Stands for all visitors."""


class Reads:
    """Serves `contracts.conversations.read`. It raises `Rejected` to refuse."""

    def __init__(self, bus: Bus, database: Database, teams: Teams) -> None:
        self._bus = bus
        self._database = database
        self._teams = teams

    async def read(self, request: ReadConversation) -> ReadUpTo:
        """The agent has seen it; the visitor's widget is told, if it is there to hear."""
        check_ids(request, *([] if request.visitor is None else [("visitor", request.visitor)]))
        agent = await self._teams.agent(request.team, request.agent)
        async with self._database.transaction() as tx:
            row = await tx.row(_READ, request.team, agent.id, request.visitor or _EVERYTHING, request.seq)
            if request.visitor is None:
                await _forget(tx, request)
        assert row is not None
        if request.visitor is not None:
            told = msgspec.json.encode(Read(seq=request.seq))
            await self._bus.tell(hint(request.team, request.visitor, "agent"), told)
        return ReadUpTo(seq=row["seq"])


async def _forget(tx: Transaction, request: ReadConversation) -> None:
    """Drop what is seen anyway."""
    await tx.execute(
        "delete from conversations.reads where team = $1 and agent = $2 and visitor <> '' and seq <= $3",
        request.team,
        request.agent,
        request.seq,
    )
