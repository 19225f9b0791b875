"""What each person has in the editor, saved as they type: apart from the versions, and from everybody else's."""

from typing import cast

import msgspec

from contracts.console import Draft, DraftSaving, DraftSummary
from contracts.flow import MAX_BYTES
from contracts.forms import Json
from contracts.ids import FlowId
from services.chassis.clock import Clock
from services.chassis.database import Database, Row
from services.chassis.errors import Rejected
from services.console.asking import raw
from services.console.people import Person

MOST_DRAFTS = 200
"""Of one person."""

_WRITE_FIRST = """
insert into console.drafts as d (team, agent, flow, name, trigger, definition, base_version, revision, saved_at)
select $1, $2, $3, $4, $5, $6, $7, 1, $8
 where (select count(*) from console.drafts where team = $1 and agent = $2) < $9
    on conflict do nothing returning *
"""
_WRITE_NEXT = """
update console.drafts
   set name = $4, trigger = $5, definition = $6, base_version = $7, revision = revision + 1, saved_at = $8
 where team = $1 and agent = $2 and flow = $3 and revision = $9 returning *
"""


class Drafts:
    """Drafts in Postgres. Every method raises `Rejected` to refuse."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, person: Person) -> list[DraftSummary]:
        """This person's, by flow."""
        async with self._database.statement() as tx:
            rows = await tx.rows(
                "select flow, name, trigger, saved_at, base_version from console.drafts"
                " where team = $1 and agent = $2 order by flow",
                person.team,
                person.agent,
            )
        return [DraftSummary(**dict(row)) for row in rows]

    async def get(self, person: Person, flow: FlowId) -> Draft:
        """This person's draft of the flow."""
        async with self._database.statement() as tx:
            row = await tx.row(
                "select * from console.drafts where team = $1 and agent = $2 and flow = $3",
                person.team,
                person.agent,
                flow,
            )
        if row is None:
            raise Rejected("no_draft", f"you have no draft of flow {flow}")
        return _draft(row)

    async def save(self, person: Person, flow: FlowId, saving: DraftSaving) -> Draft:
        """Save it over the revision that was seen last, unless another tab did meanwhile."""
        definition = bytes(raw(saving.definition))
        if len(definition) > MAX_BYTES:
            raise Rejected(
                "too_large", f"the draft has {len(definition)} bytes; a flow has at most {MAX_BYTES}"
            )
        first = saving.revision is None
        async with self._database.transaction() as tx:
            row = await tx.row(
                _WRITE_FIRST if first else _WRITE_NEXT,
                person.team,
                person.agent,
                flow,
                _text(saving.definition, "name"),
                _text(saving.definition, "trigger"),
                definition,
                saving.base_version,
                self._clock(),
                MOST_DRAFTS if first else saving.revision,
            )
        if row is None:
            raise await self._conflict(person, flow)
        return _draft(row)

    async def delete(self, person: Person, flow: FlowId) -> None:
        """Throw it away; nothing happens when there is none."""
        async with self._database.statement() as tx:
            await tx.execute(
                "delete from console.drafts where team = $1 and agent = $2 and flow = $3",
                person.team,
                person.agent,
                flow,
            )

    async def _conflict(self, person: Person, flow: FlowId) -> Rejected:
        """Why nothing was saved."""
        try:
            stored = await self.get(person, flow)
        except Rejected:
            if len(await self.list(person)) >= MOST_DRAFTS:
                return Rejected("too_many_drafts", f"you have {MOST_DRAFTS} drafts; throw some away")
            return Rejected("draft_conflict", f"the draft of flow {flow} was thrown away meanwhile")
        saved = f"{stored.saved_at:%Y-%m-%d %H:%M:%S} UTC"
        return Rejected(
            "draft_conflict",
            f"the draft of flow {flow} was saved elsewhere meanwhile, at {saved} as revision {stored.revision}",
        )


def _text(definition: dict[str, Json], field: str) -> str:
    """A field of an unfinished flow, if it is a text by now."""
    value = definition.get(field)
    return value.replace("\0", "")[:200] if isinstance(value, str) else ""


def _draft(row: Row) -> Draft:
    return Draft(
        flow=row["flow"],
        definition=cast("dict[str, Json]", msgspec.json.decode(row["definition"])),
        base_version=row["base_version"],
        revision=row["revision"],
        saved_at=row["saved_at"],
    )
