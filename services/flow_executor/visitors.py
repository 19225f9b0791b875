"""What flows know and write of visitors: one row each, written in the transaction of the run that changes it.

The last post of an agent and the last message of the visitor are kept whether or not a run waits for them, so
that a run which parks a moment later still finds its answer (the visitor's lock makes the two orders the only
ones).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.ids import AgentId, TeamId, VisitorId
from services.chassis.database import Row, Transaction

Key = tuple[TeamId, VisitorId]


class Said(msgspec.Struct, frozen=True):
    """One post: when it was stored (a visitor's: as the event that tells flows of it), its id, its place in CHAT."""

    at: datetime
    id: str
    seq: int
    """0: not known."""


class VisitorRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one visitor."""

    assigned: tuple[AgentId, ...] = ()
    last_agent_post: Said | None = None
    last_message: Said | None = None

    def answered_at(self, post: Said) -> datetime:
        """When an agent's post counts. What stands behind the visitor's message in CHAT answers it, though the
        message's event may be stored, and its wait begin, a moment after the answer.
        """
        message = self.last_message
        if message is None or not 0 < message.seq < post.seq or post.at > message.at:
            return post.at
        return message.at + _JUST_AFTER


_JUST_AFTER = timedelta(microseconds=1)
UNKNOWN = VisitorRow()


async def load(tx: Transaction, keys: Sequence[Key]) -> dict[Key, VisitorRow]:
    """The rows of these visitors; one that nothing is known of is left out."""
    rows = await tx.rows(
        """select t.* from flow_executor.visitors t
             join unnest($1::text[], $2::text[]) as v (team, visitor) using (team, visitor)""",
        [team for team, _ in keys],
        [visitor for _, visitor in keys],
    )
    return {
        (row["team"], row["visitor"]): VisitorRow(
            assigned=tuple(row["assigned"]),
            last_agent_post=_said(row, "last_agent_post"),
            last_message=_said(row, "last_message"),
        )
        for row in rows
    }


def _said(row: Row, column: str) -> Said | None:
    at: datetime | None = row[f"{column}_at"]
    return None if at is None else Said(at, row[f"{column}_id"], row[f"{column}_seq"] or 0)


async def note_agent_posts(tx: Transaction, posts: Sequence[tuple[Key, Said]]) -> None:
    """Remember each visitor's last agent post; an older one changes nothing."""
    await _note(tx, "last_agent_post", posts)


async def note_messages(tx: Transaction, messages: Sequence[tuple[Key, Said]]) -> None:
    """Remember each visitor's last message; an older one changes nothing."""
    await _note(tx, "last_message", messages)


async def _note(tx: Transaction, column: str, posts: Sequence[tuple[Key, Said]]) -> None:
    if not posts:
        return
    await tx.execute(
        f"""insert into flow_executor.visitors as t (team, visitor, {column}_at, {column}_id, {column}_seq)
            select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[])
            on conflict (team, visitor) do update
               set {column}_at = excluded.{column}_at, {column}_id = excluded.{column}_id,
                   {column}_seq = excluded.{column}_seq
             where t.{column}_at is null or t.{column}_at < excluded.{column}_at""",
        [key[0] for key, _ in posts],
        [key[1] for key, _ in posts],
        [said.at for _, said in posts],
        [said.id for _, said in posts],
        [said.seq for _, said in posts],
    )


async def assign(tx: Transaction, assigned: Sequence[tuple[Key, datetime, Sequence[AgentId]]]) -> None:
    """Set who looks after these visitors from that time on; what was set later stays."""
    for (team, visitor), at, agents in assigned:
        await tx.execute(
            """insert into flow_executor.visitors as t (team, visitor, assigned, assigned_at)
               values ($1, $2, $3, $4)
               on conflict (team, visitor) do update
                  set assigned = excluded.assigned, assigned_at = excluded.assigned_at
                where t.assigned_at is null or t.assigned_at <= excluded.assigned_at""",
            team,
            visitor,
            list(agents),
            at,
        )
