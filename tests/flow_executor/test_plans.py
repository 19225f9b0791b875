"""How a young database finds what a batch needs. Its planner knows nothing of the tables yet, and its plans are kept
while these grow: one that read a table whole would make every batch slower than the one before.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import cast

import msgspec
import pytest

from services.chassis.database import Database
from services.flow_executor import journal, noting, visitors

BY_KEY = {
    journal.WAITING: {"runs_waiting", "run_events", "run_inputs_pkey"},
    journal.OWNERS: {"runs_pkey"},
    journal.RUNS: {"runs_by_no", "run_events", "run_inputs_pkey"},
    journal.LOOK_UP: {"run_causes_pkey", "skips_pkey", "runs_by_visitor"},
    journal.MOVE: {"runs_by_no"},
    journal.RENEW: {"run_causes_pkey"},
    visitors.LOAD: {"visitors_pkey", "visitor_events_pkey"},
    noting.FORMS: {"visitors_pkey"},
    noting.TRACKED: {"visitor_events_pkey"},
}
"""Which indices each statement goes by, those of the partitions under one name."""

Node = dict[str, object]


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    """A database without rows, as the executor's journal uses it."""
    async with Database(postgres_dsn, keeps_plans=True) as database:
        yield database


@pytest.mark.parametrize("sql", BY_KEY, ids=lambda sql: " ".join(str(sql).split()[:6]))
async def test_by_key_from_the_first_batch(database: Database, sql: str) -> None:
    """Each table is found through an index, by all that identifies its rows."""
    found = _nodes(await _plan(database, sql))
    # The registry is one row.
    plan = [node for node in found if node.get("Relation Name") != "registry"]
    assert not [node for node in plan if node["Node Type"] in ("Seq Scan", "Hash Join", "Merge Join")]
    by_index = [node for node in plan if "Index Name" in node]
    assert {re.sub(r"_(\d+|default)_pkey", "", str(node["Index Name"])) for node in by_index} == BY_KEY[sql]
    assert [node for node in by_index if "Index Cond" not in node] == []
    # What is left to a filter was found by a part of its key.
    assert [node for node in plan if "visitor" in str(node.get("Filter"))] == []


async def _plan(database: Database, sql: str) -> Node:
    parameters = max(int(number) for number in re.findall(r"\$(\d+)", sql))
    async with database.transaction() as tx:
        await tx.execute(f"prepare asked as {sql}")
        row = await tx.row(f"explain (format json) execute asked({', '.join(['null'] * parameters)})")
    assert row is not None
    return msgspec.json.decode(row[0], type=list[dict[str, Node]])[0]["Plan"]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for inner in cast("list[Node]", node.get("Plans", [])):
        yield from _nodes(inner)
