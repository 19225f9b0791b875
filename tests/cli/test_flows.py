"""`frontdesk flows` with an executor at the other end."""

from pathlib import Path

import msgspec
import pytest

from contracts.requests import FlowHistory, FlowList, FlowVersion
from services.chassis.bus import Bus
from tests.cli.commands import ROOT, Frontdesk
from tests.flow_executor.harness import World, executing
from tests.waiting import eventually

OFFLINE = ROOT / "flows" / "agents-offline-message.toml"
BUSY = ROOT / "flows" / "busy-agents.toml"

pytestmark = pytest.mark.timeout(60)


async def test_a_flow_from_push_to_delete(nats_url: str, postgres_dsn: str, tmp_path: Path) -> None:
    """Each command does its work over the bus and says so, as text and as JSON."""
    frontdesk = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})
    async with executing(nats_url, postgres_dsn), Bus(nats_url, "tests") as bus:
        await World(bus).wait_for_executor()

        pushed = await frontdesk("flows", "push", OFFLINE, "--activate")
        assert (pushed.code, pushed.err) == (0, "")
        assert "agents-offline-message@1" in pushed.out
        assert "active" in pushed.out

        listed = msgspec.json.decode((await frontdesk("flows", "list", "--json")).out, type=FlowList)
        assert [(f.flow, f.trigger, f.versions, f.active) for f in listed.flows] == [
            ("agents-offline-message", "widget_opened", 1, 1)
        ]

        # Exported and pushed again it is the same version; changed, the next one.
        exported = (await frontdesk("flows", "export", "agents-offline-message")).out
        copy = tmp_path / "copy"
        copy.write_text(exported)
        assert "agents-offline-message@1" in (await frontdesk("flows", "push", copy)).out
        as_json = tmp_path / "flow.json"
        as_json.write_text((await frontdesk("flows", "export", "agents-offline-message", "--json")).out)
        assert "agents-offline-message@1" in (await frontdesk("flows", "push", as_json)).out
        copy.write_text(exported.replace("cooldown_s = 3600", "cooldown_s = 60"))
        second = await frontdesk("flows", "push", copy, "--expect-version", "1")
        assert "agents-offline-message@2" in second.out
        assert "not active" in second.out

        conflict = await frontdesk("flows", "push", copy, "--expect-version", "1")
        assert conflict.code == 1
        assert "is at version 2, not 1" in conflict.err

        shown = await frontdesk("flows", "show", "agents-offline-message@2")
        assert "TRUE → apologise, FALSE → end" in shown.out
        diff = await frontdesk("flows", "diff", "agents-offline-message@1", "agents-offline-message@2")
        assert "-cooldown_s = 3600\n+cooldown_s = 60\n" in diff.out
        as_json = await frontdesk(
            "flows", "diff", "agents-offline-message@1", "agents-offline-message@2", "--json"
        )
        assert msgspec.json.decode(as_json.out) == {
            "from": "agents-offline-message@1",
            "to": "agents-offline-message@2",
            "equal": False,
            "changes": [{"at": "cooldown_s", "from": 3600, "to": 60}],
        }

        assert (await frontdesk("flows", "activate", "agents-offline-message")).out == (
            "✓ agents-offline-message@2 is active\n"
        )
        assert (await frontdesk("flows", "activate", "agents-offline-message@1")).code == 0
        version = await frontdesk("flows", "show", "agents-offline-message", "--json")
        assert msgspec.json.decode(version.out, type=FlowVersion).version == 1

        history = await frontdesk("flows", "history", "agents-offline-message", "--json")
        entries = msgspec.json.decode(history.out, type=FlowHistory).history
        assert [(entry.what, entry.version) for entry in entries] == [
            ("activated", 1), ("activated", 2), ("published", 2), ("activated", 1), ("published", 1)
        ]  # fmt: skip
        assert entries[0].by.startswith("cli:")

        assert (await frontdesk("flows", "deactivate", "agents-offline-message")).code == 0
        again = await frontdesk("flows", "push", OFFLINE)
        assert "`frontdesk flows activate agents-offline-message@1` makes it so" in again.out
        assert (await frontdesk("flows", "activate", "agents-offline-message@1")).code == 0
        copy.write_text(exported.replace('flow = "agents-offline-message"', 'flow = "other"'))
        other = await frontdesk("flows", "push", copy, "--activate")
        assert other.out.endswith("  active, in place of agents-offline-message\n")

        assert (await frontdesk("flows", "delete", "agents-offline-message")).code == 0
        gone = await frontdesk("flows", "show", "agents-offline-message")
        assert (gone.code, gone.out) == (1, "")
        assert "has no flow agents-offline-message" in gone.err


async def test_a_refused_push_says_every_problem(nats_url: str, postgres_dsn: str, tmp_path: Path) -> None:
    """A wrong file beside a good one: the good one is stored, the wrong one is told with all its problems, exit 1."""
    frontdesk = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(OFFLINE.read_text().replace('"apologise"', '"apologize"').replace('"end"\n', '"ende"\n'))
    async with executing(nats_url, postgres_dsn), Bus(nats_url, "tests") as bus:
        await World(bus).wait_for_executor()
        pushed = await frontdesk("flows", "push", wrong, BUSY)
        assert pushed.code == 1
        assert "busy-agents@1" in pushed.out
        assert "wrong.toml" in pushed.err
        for code in ("missing_node", "unknown_type"):
            assert code in pushed.err
        assert "did you mean apologise?" in pushed.err


async def test_a_push_without_waiting_is_taken_later(
    nats_url: str, postgres_dsn: str, tmp_path: Path
) -> None:
    """`--no-wait` stores the definition while no executor runs; the next one takes it."""
    frontdesk = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})
    stored = await frontdesk("flows", "push", BUSY, "--activate", "--no-wait", "--json")
    assert stored.code == 0
    assert msgspec.json.decode(stored.out)["submitted"] == [{"file": str(BUSY), "submission": 1}]
    async with executing(nats_url, postgres_dsn), Bus(nats_url, "tests") as bus:
        await World(bus).wait_for_executor()

        async def is_active() -> bool:
            listed = msgspec.json.decode((await frontdesk("flows", "list", "--json")).out, type=FlowList)
            return [(flow.flow, flow.active) for flow in listed.flows] == [("busy-agents", 1)]

        await eventually(is_active, within_s=20)


async def test_nobody_there_is_exit_3(nats_url: str, tmp_path: Path) -> None:
    """Without an executor, and without a bus, one sentence says so with the way out."""
    silent = await Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})("flows", "list", "--json")
    assert (silent.code, silent.out) == (3, "")
    assert "nobody answers contracts.flows.list" in silent.err
    nowhere = await Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": "nats://127.0.0.1:1"})("flows", "list")
    assert (nowhere.code, nowhere.out) == (3, "")
    assert nowhere.err.count("\n") == 1
    nothing = await Frontdesk(tmp_path, {})("flows", "list")
    assert nothing.code == 3
    assert "frontdesk up" in nothing.err
