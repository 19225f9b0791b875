"""Flow definitions in Postgres: immutable versions, what is active, and the append-only record of every change.

A change takes the lock of the one `registry` row first, so that changes have one order and a batch that reads
another number knows that its compiled flows are old.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec

from contracts.errors import Error
from contracts.flow import Comment, FlowDefinition, Place, content, content_hash
from contracts.ids import FlowId, TeamId
from contracts.requests import FlowHistoryEntry, FlowSummary, FlowVerdict
from services.chassis.database import Row, Transaction

ActiveKey = tuple[TeamId, str, str]
"""Team, trigger and event name ("" for triggers other than `event_tracked`, and for its catch-all)."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One stored version of a flow."""

    team: TeamId
    flow: FlowId
    version: int
    hash: str
    published_at: datetime
    published_by: str
    definition: FlowDefinition


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """What an activation changed: the flow that had the trigger before, if it was another."""

    version: int | None
    is_changed: bool
    replaced: FlowId | None = None


class Current(NamedTuple):
    """A version that answers its trigger, or that is its flow's newest; the definition is JSON."""

    flow: FlowId
    version: int
    is_active: bool
    definition: bytes


async def begin_change(tx: Transaction) -> None:
    """Take the place of this change among all; every writer calls it first."""
    await tx.execute("update flow_executor.registry set version = version + 1")


REGISTRY_VERSION = "select version from flow_executor.registry"


async def registry_version(tx: Transaction) -> int:
    """The number that every change raises."""
    row = await tx.row(REGISTRY_VERSION)
    assert row is not None
    return row["version"]


async def find(
    tx: Transaction, team: TeamId, flow: FlowId, version: int | None, *, with_deleted: bool = False
) -> Version | None:
    """That version, or (None) the active one, else the newest; None when there is none or the flow was deleted."""
    row = await tx.row(
        """select v.* from flow_executor.flow_versions v
             join flow_executor.flows f using (team, flow)
             left join flow_executor.active_flows a using (team, flow, version)
            where v.team = $1 and v.flow = $2 and ($4 or not f.is_deleted) and ($3::int is null or v.version = $3)
            order by (a.version is not null) desc, v.version desc limit 1""",
        team,
        flow,
        version,
        with_deleted,
    )
    return None if row is None else await _as_drawn(tx, _version(row))


FOR_RUN = "select * from flow_executor.flow_versions where team = $1 and flow = $2 and version = $3"


async def find_for_run(tx: Transaction, team: TeamId, flow: FlowId, version: int) -> Version | None:
    """That version, also of a deleted flow: its runs go on and still replay."""
    row = await tx.row(FOR_RUN, team, flow, version)
    return None if row is None else _version(row)


async def newest(tx: Transaction, team: TeamId, flow: FlowId) -> Version | None:
    """The newest version there ever was of this id."""
    row = await tx.row(
        "select * from flow_executor.flow_versions where team = $1 and flow = $2 order by version desc limit 1",
        team,
        flow,
    )
    return None if row is None else _version(row)


async def exists_ever(tx: Transaction, team: TeamId, flow: FlowId) -> bool:
    """Whether the team has or had a flow of this id."""
    return await newest(tx, team, flow) is not None


async def was_ever_answered(tx: Transaction, key: ActiveKey) -> bool:
    """Whether any flow was ever activated for this trigger."""
    row = await tx.row(
        """select 1 from flow_executor.flow_changes
            where team = $1 and trigger = $2 and event = $3 and verdict = 'activated' limit 1""",
        *key,
    )
    return row is not None


async def store(tx: Transaction, team: TeamId, definition: FlowDefinition, by: str) -> tuple[Version, bool]:
    """The version that holds this content, and whether it is new. Equal content is the version that is there."""
    digest = content_hash(definition)
    await tx.execute(
        """insert into flow_executor.flows (team, flow, layout, comments) values ($1, $2, $3, $4)
           on conflict (team, flow) do update
             set layout = excluded.layout, comments = excluded.comments, is_deleted = false""",
        team,
        definition.flow,
        msgspec.json.encode(definition.layout),
        msgspec.json.encode(definition.comments),
    )
    row = await tx.row(
        "select * from flow_executor.flow_versions where team = $1 and flow = $2 and hash = $3",
        team,
        definition.flow,
        digest,
    )
    if row is not None:
        return _version(row), False
    row = await tx.row(
        """insert into flow_executor.flow_versions
               (team, flow, version, hash, name, trigger, event, definition, published_by)
           select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8
             from flow_executor.flow_versions where team = $1 and flow = $2
           returning *""",
        team,
        definition.flow,
        digest,
        definition.name,
        definition.trigger,
        definition.event or "",
        msgspec.json.encode(content(definition)),
        by,
    )
    assert row is not None
    return _version(row), True


async def activate(tx: Transaction, version: Version) -> Activation:
    """Let this version answer its trigger, alone; a flow that moved to another trigger leaves its old one."""
    key = key_of(version.team, version.definition)
    await tx.execute(
        """delete from flow_executor.active_flows
            where team = $1 and flow = $4 and (trigger, event) is distinct from ($2, $3)""",
        *key,
        version.flow,
    )
    before = await tx.row(
        "select flow, version from flow_executor.active_flows where team = $1 and trigger = $2 and event = $3",
        *key,
    )
    if before is not None and (before["flow"], before["version"]) == (version.flow, version.version):
        return Activation(version=version.version, is_changed=False)
    await tx.execute(
        """insert into flow_executor.active_flows (team, trigger, event, flow, version) values ($1, $2, $3, $4, $5)
           on conflict (team, trigger, event) do update set flow = excluded.flow, version = excluded.version""",
        *key,
        version.flow,
        version.version,
    )
    replaced = before["flow"] if before is not None and before["flow"] != version.flow else None
    return Activation(version=version.version, is_changed=True, replaced=replaced)


async def deactivate(tx: Transaction, team: TeamId, flow: FlowId) -> int | None:
    """Let this flow answer nothing; the version that did, or None when none did."""
    row = await tx.row(
        "delete from flow_executor.active_flows where team = $1 and flow = $2 returning version", team, flow
    )
    return None if row is None else row["version"]


async def lay_out(tx: Transaction, team: TeamId, flow: FlowId, layout: bytes) -> bytes:
    """Give these nodes (JSON: id to place) their places on the canvas; all places then, as JSON."""
    row = await tx.row(
        """update flow_executor.flows set layout = coalesce(layout, '{}') || $3::jsonb
            where team = $1 and flow = $2 returning layout""",
        team,
        flow,
        layout,
    )
    assert row is not None
    return row["layout"]


async def delete(tx: Transaction, team: TeamId, flow: FlowId) -> None:
    """Take the flow out of every list. Its versions stay: runs that began with them go on and still replay."""
    await tx.execute(
        "update flow_executor.flows set is_deleted = true where team = $1 and flow = $2", team, flow
    )


async def record(tx: Transaction, change: FlowVerdict, key: ActiveKey | None = None) -> None:
    """Append one change; stream FLOW is told from here. `key` is what an activation concerned."""
    await tx.execute(
        """insert into flow_executor.flow_changes
               (team, flow, verdict, at, by, version, hash, trigger, event, replaced, submission, error)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        change.team,
        change.flow,
        change.verdict,
        change.at,
        change.by,
        change.version,
        change.hash,
        key and key[1],
        key and key[2],
        change.replaced,
        change.submission,
        None if change.error is None else _storable(msgspec.json.encode(change.error)),
    )


def _storable(text: bytes) -> bytes:
    """JSON as Postgres takes it: what was refused for its U+0000 is quoted in the refusal."""
    return text.replace(b"\\u0000", b"\\ufffd")


async def was_submitted(tx: Transaction, submission: int) -> bool:
    """Whether the submission with this sequence has its verdict."""
    row = await tx.row("select 1 from flow_executor.flow_changes where submission = $1", submission)
    return row is not None


async def changes_after(tx: Transaction, no: int, limit: int) -> list[tuple[int, FlowVerdict]]:
    """The changes that follow `no`, in order, with their numbers."""
    rows = await tx.rows(
        "select * from flow_executor.flow_changes where no > $1 order by no limit $2", no, limit
    )
    return [(row["no"], _verdict(row)) for row in rows]


async def list_flows(tx: Transaction, team: TeamId) -> list[FlowSummary]:
    """The team's flows by id, each with its newest name and trigger."""
    rows = await tx.rows(
        """select v.flow, v.name, v.trigger, v.version as versions, a.version as active
             from flow_executor.flows f
             join lateral (select * from flow_executor.flow_versions v
                            where v.team = f.team and v.flow = f.flow order by version desc limit 1) v on true
             left join flow_executor.active_flows a on a.team = f.team and a.flow = f.flow
            where f.team = $1 and not f.is_deleted order by v.flow""",
        team,
    )
    return [FlowSummary(**dict(row)) for row in rows]


async def current(tx: Transaction, team: TeamId) -> list[Current]:
    """The active and the newest version of each flow of the team, what is active first, then by flow."""
    rows = await tx.rows(
        """select v.flow, v.version, v.version is not distinct from a.version as is_active, v.definition
             from flow_executor.flows f
             left join flow_executor.active_flows a on a.team = f.team and a.flow = f.flow
             join flow_executor.flow_versions v on v.team = f.team and v.flow = f.flow
            where f.team = $1 and not f.is_deleted
              and (v.version = a.version
                   or v.version = (select max(version) from flow_executor.flow_versions n
                                    where n.team = f.team and n.flow = f.flow))
            order by is_active desc, v.flow, v.version""",
        team,
    )
    return [Current(row["flow"], row["version"], row["is_active"], row["definition"]) for row in rows]


async def history(tx: Transaction, team: TeamId, flow: FlowId) -> list[FlowHistoryEntry]:
    """What happened to the flow, the newest first; another flow's activation that replaced it counts."""
    rows = await tx.rows(
        """select * from flow_executor.flow_changes
            where team = $1 and (flow = $2 or replaced = $2) and verdict <> 'refused' order by no desc""",
        team,
        flow,
    )
    return [
        FlowHistoryEntry(
            at=row["at"], by=row["by"], what=row["verdict"], version=row["version"], hash=row["hash"]
        )
        if row["flow"] == flow
        else FlowHistoryEntry(at=row["at"], by=row["by"], what="deactivated", replaced_by=row["flow"])
        for row in rows
    ]


ACTIVE = "select * from flow_executor.active_flows"


async def active_versions(tx: Transaction) -> dict[ActiveKey, tuple[FlowId, int]]:
    """Everything that is active, of every team."""
    rows = await tx.rows(ACTIVE)
    return {(row["team"], row["trigger"], row["event"]): (row["flow"], row["version"]) for row in rows}


def key_of(team: TeamId, definition: FlowDefinition) -> ActiveKey:
    """What this flow answers when it is active."""
    return team, definition.trigger, definition.event or ""


async def _as_drawn(tx: Transaction, version: Version) -> Version:
    """The version with what the editor shows beside it."""
    row = await tx.row(
        "select layout, comments from flow_executor.flows where team = $1 and flow = $2",
        version.team,
        version.flow,
    )
    if row is None:
        return version
    layout = msgspec.json.decode(row["layout"] or b"{}", type=dict[str, Place])
    comments = msgspec.json.decode(row["comments"] or b"{}", type=dict[str, Comment])
    definition = msgspec.structs.replace(version.definition, layout=layout, comments=comments)
    return msgspec.structs.replace(version, definition=definition)


def _version(row: Row) -> Version:
    return Version(
        team=row["team"],
        flow=row["flow"],
        version=row["version"],
        hash=row["hash"],
        published_at=row["published_at"],
        published_by=row["published_by"],
        definition=msgspec.json.decode(row["definition"], type=FlowDefinition),
    )


def _verdict(row: Row) -> FlowVerdict:
    return FlowVerdict(
        team=row["team"],
        flow=row["flow"],
        verdict=row["verdict"],
        at=row["at"],
        by=row["by"],
        version=row["version"],
        hash=row["hash"],
        replaced=row["replaced"],
        submission=row["submission"],
        error=None if row["error"] is None else msgspec.json.decode(row["error"], type=Error),
    )
