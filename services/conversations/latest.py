"""What a batch changes in the one row that the inbox shows of each conversation. Pure, but for the statements."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from services.chassis.database import Row
from services.conversations.rows import AssignmentRow

WRITE = """
insert into conversations.latest as l (team, visitor, seq, visitor_seq, messages, agents, agents_at, agents_seq)
select team, visitor, seq, visitor_seq, messages, array(select jsonb_array_elements_text(agents)), agents_at, agents_seq
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::int[], $6::jsonb[], $7::timestamptz[],
              $8::bigint[]) as said (team, visitor, seq, visitor_seq, messages, agents, agents_at, agents_seq)
    on conflict (team, visitor) do update
   set seq = greatest(l.seq, excluded.seq),
       visitor_seq = greatest(l.visitor_seq, excluded.visitor_seq),
       messages = l.messages + excluded.messages,
       agents = case when (excluded.agents_at, excluded.agents_seq) > (l.agents_at, l.agents_seq)
                     then excluded.agents else l.agents end,
       agents_seq = case when (excluded.agents_at, excluded.agents_seq) > (l.agents_at, l.agents_seq)
                         then excluded.agents_seq else l.agents_seq end,
       agents_at = greatest(l.agents_at, excluded.agents_at)
"""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class LatestRow(NamedTuple):
    """What is new of one conversation; zeros, and `agents_at` at the epoch: nothing."""

    team: str
    visitor: str
    seq: int = 0
    visitor_seq: int = 0
    messages: int = 0
    agents: bytes = b"[]"
    agents_at: datetime = _NEVER
    agents_seq: int = 0


def latest(written: Iterable[Row], assignments: Iterable[AssignmentRow]) -> list[LatestRow]:
    """One row per conversation, sorted. `written`: the messages that are new, or stand at an earlier place now."""
    rows: dict[tuple[str, str], LatestRow] = {}
    for message in written:
        key = message["team"], message["visitor"]
        rows[key] = _with_message(rows.get(key, LatestRow(*key)), message)
    for said in assignments:
        key = said.team, said.visitor
        known = rows.get(key, LatestRow(*key))
        if (said.at, said.seq) > (known.agents_at, known.agents_seq):
            agents = msgspec.json.encode(said.agents)
            known = known._replace(agents=agents, agents_at=said.at, agents_seq=said.seq)
        rows[key] = known
    return [rows[key] for key in sorted(rows)]


def _with_message(row: LatestRow, message: Row) -> LatestRow:
    kind, seq = message["kind"], message["seq"]
    if kind == "notice" or (kind == "message" and message["author_kind"] == "visitor"):
        row = row._replace(visitor_seq=max(row.visitor_seq, seq))
    if kind != "message":
        return row
    return row._replace(seq=max(row.seq, seq), messages=row.messages + message["is_new"])
