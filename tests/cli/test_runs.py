"""`frontdesk runs` with an executor at the other end."""

import asyncio
import signal
from codecs import BOM_UTF8
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from contracts.export import ExportedRun
from contracts.ids import RunId
from contracts.requests import RunAppended, RunHistory, RunReplayed, RunsExplained, RunsPage
from contracts.run import RunCancelled
from services.chassis.bus import Bus
from tests.cli.commands import ROOT, Frontdesk
from tests.flow_executor.harness import World, executing, opened, said
from tests.waiting import eventually

OFFLINE = ROOT / "flows" / "agents-offline-message.toml"
APOLOGY = "很抱歉目前没有座席在线"

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def frontdesk(nats_url: str, tmp_path: Path) -> Frontdesk:
    """The command line of somebody who knows the bus."""
    return Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})


@pytest.fixture
async def world(nats_url: str, postgres_dsn: str, frontdesk: Frontdesk) -> AsyncIterator[World]:
    """Everybody around an executor with two active flows."""
    async with executing(nats_url, postgres_dsn), Bus(nats_url, "tests") as bus:
        world = World(bus)
        await world.wait_for_executor()
        for flow in ("agents-offline-message", "busy-agents"):
            assert (await frontdesk("flows", "push", "--activate", ROOT / "flows" / f"{flow}.toml")).code == 0
        yield world


async def _waits(world: World, visitor: str) -> RunId:
    """A run that waits for an agent's answer."""
    await world.come_online()
    await world.happen(said(visitor, "在吗？"))
    return (await world.sole_run(visitor, "waiting")).run.run


async def test_a_run_as_a_timeline(world: World, frontdesk: Frontdesk) -> None:
    """`list` finds the run, `show` tells what each node read, decided and did; `--json` says the same to scripts."""
    await world.happen(opened("v1"))
    run = (await world.sole_run("v1")).run.run
    listed = await frontdesk("runs", "list", "--flow", "agents-offline-message", "--since", "1h", "--json")
    page = msgspec.json.decode(listed.out, type=RunsPage)
    assert [(item.run, item.status, item.trigger) for item in page.runs] == [
        (run, "completed", "widget_opened")
    ]
    assert run in (await frontdesk("runs", "list", "--visitor", "v1")).out
    assert msgspec.json.decode((await frontdesk("runs", "list", "--status", "failed", "--json")).out) == {
        "runs": [],
        "cursor": None,
    }

    shown = await frontdesk("runs", "show", run)
    assert (shown.code, shown.err) == (0, "")
    assert [line.split("  ", 1)[-1].strip() for line in shown.out.splitlines() if line[:1].isdigit()] == [
        "▶  started by widget_opened",
        "●  start SUCCESS → check",
        "●  check TRUE → apologise",
        "●  apologise SUCCESS → end",
        "■  completed at end",
    ]
    assert "agents_online nobody" in shown.out
    assert f"✉ robot says: {APOLOGY}" in shown.out
    history = msgspec.json.decode((await frontdesk("runs", "show", run, "--json")).out, type=RunHistory)
    assert [event.seq for event in history.events] == [1, 2, 3, 4, 5]

    unknown = await frontdesk("runs", "show", "0b5a7b90-0000-8000-8000-000000000000")
    assert (unknown.code, unknown.out) == (1, "")
    assert "frontdesk runs list" in unknown.err


async def test_replay_and_what_if(world: World, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A replay is equal; with another fact it takes the other path, beside the recorded one, and exits with 0."""
    await world.happen(opened("v1"))
    run = (await world.sole_run("v1")).run.run
    messages = len(await world.chat("v1"))

    replayed = await frontdesk("runs", "replay", run, "--json")
    assert replayed.code == 0
    assert msgspec.json.decode(replayed.out, type=RunReplayed).equal

    what_if = await frontdesk("runs", "replay", run, "--set", "agents_online=agent-1")
    assert what_if.code == 0
    assert "check TRUE → apologise" in what_if.out
    assert "check FALSE → end" in what_if.out
    assert "another path from seq 3 on; nothing sent" in what_if.out
    reply = await frontdesk("runs", "replay", run, "--set", 'agents_online=["a", "b"]', "--json")
    assert msgspec.json.decode(reply.out, type=RunReplayed).differs_at == 3
    same = await frontdesk("runs", "replay", run, "--set", "agents_online=")
    assert "✓ equal" in same.out

    draft = tmp_path / "draft.toml"
    draft.write_text(OFFLINE.read_text().replace("很抱歉目前", "抱歉，目前"))
    by_draft = await frontdesk("runs", "replay", run, "--flow-file", draft)
    assert by_draft.code == 0
    assert "抱歉，目前" in by_draft.out

    wrong = await frontdesk("runs", "replay", run, "--set", "agents_onlin=x")
    assert wrong.code == 1
    assert "did you mean agents_online?" in wrong.err
    assert len(await world.chat("v1")) == messages


async def test_an_exported_run_replays_without_a_server(
    world: World, frontdesk: Frontdesk, tmp_path: Path
) -> None:
    """One file is enough, on a machine that has nothing; a changed record is found out with exit 1."""
    await world.happen(opened("v1"))
    run = (await world.sole_run("v1")).run.run
    file = tmp_path / "run.json"
    file.write_text((await frontdesk("runs", "export", run)).out)

    alone = Frontdesk(tmp_path, {})
    equal = await alone("runs", "replay", "--file", file, "--json")
    assert (equal.code, equal.err) == (0, "")
    assert msgspec.json.decode(equal.out, type=RunReplayed).equal
    assert "another path" in (await alone("runs", "replay", "--file", file, "--set", "agents_online=a,b")).out

    exported = msgspec.json.decode(file.read_bytes(), type=ExportedRun)
    tampered = msgspec.json.encode(exported).replace(APOLOGY.encode(), "骗你的".encode(), 1)
    file.write_bytes(tampered)
    diverges = await alone("runs", "replay", "--file", file)
    assert diverges.code == 1
    assert "diverges from the record at seq 4" in diverges.out

    file.write_bytes(b'{"type": "exported_run.v1"}')
    nothing = await alone("runs", "replay", "--file", file)
    assert (nothing.code, nothing.out) == (2, "")
    assert "runs export" in nothing.err

    file.write_bytes(BOM_UTF8 + msgspec.json.encode(exported))
    assert (await alone("runs", "replay", "--file", file)).code == 0


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b'{"x": ' * 100_000, b"\x89PNG\r\n\xff", b'"\xff"', b"{", b""]
)
async def test_what_is_no_file_of_ours(tmp_path: Path, data: bytes) -> None:
    """A file that cannot even be read is wrong usage, told in one sentence."""
    frontdesk, file = Frontdesk(tmp_path, {}), tmp_path / "run.json"
    file.write_bytes(data)
    for arguments in (["--file", file], ["--file", file, "--flow-file", ROOT / "flows" / "busy-agents.toml"]):
        finished = await frontdesk("runs", "replay", *arguments)
        assert (finished.code, finished.out) == (2, "")
        assert len(finished.err.splitlines()) == 1
        assert "frontdesk runs export" in finished.err
    by_draft = await frontdesk("runs", "replay", "r", "--flow-file", file)
    assert (by_draft.code, by_draft.out) == (1, "")
    assert "Traceback" not in by_draft.err
    assert "→" in by_draft.err


async def test_cancel_ends_what_waits(world: World, frontdesk: Frontdesk) -> None:
    """A waiting run is ended with who and why; one that is over is refused with exit 1."""
    run = await _waits(world, "v1")
    cancelled = await frontdesk("runs", "cancel", run, "--reason", "shop is closed")
    assert cancelled.code == 0
    last = (await world.sole_run("v1", "cancelled")).events[-1]
    assert isinstance(last, RunCancelled)
    assert last.reason == "shop is closed"
    assert last.by.startswith("cli:")
    again = await frontdesk("runs", "cancel", run)
    assert (again.code, again.out) == (1, "")
    assert "does not wait" in again.err

    run = await _waits(world, "v2")
    everywhere = await frontdesk("runs", "cancel", "--flow", "busy-agents", "--waiting", "--json")
    assert msgspec.json.decode(everywhere.out) == {"cancelled": [run]}
    for arguments in ([], [run, "--flow", "busy-agents"], ["--flow", "busy-agents"], [run, "--waiting"]):
        assert (await frontdesk("runs", "cancel", *arguments)).code == 2


async def test_explain_says_why(world: World, frontdesk: Frontdesk) -> None:
    """Each event of a visitor stands beside the run that it started, or the reason for none."""
    await world.happen(opened("v1"), opened("v1", "f2"))
    run = (await world.sole_run("v1")).run.run

    async def both() -> str:
        told = await frontdesk("runs", "explain", "--visitor", "v1")
        assert f"started {run}" in told.out
        assert "cooldown: the last run began" in told.out
        return told.out

    assert len((await eventually(both, within_s=10)).splitlines()) == 3
    document = (await frontdesk("runs", "explain", "--visitor", "v1", "--since", "1d", "--json")).out
    first, again = msgspec.json.decode(document, type=RunsExplained).events
    assert (first.started, first.flow, again.started) == (run, "agents-offline-message", None)
    nobody = await frontdesk("runs", "explain", "--visitor", "v2")
    assert (nobody.code, "nothing is known of this visitor" in nobody.out) == (0, True)


async def test_tail_follows_live(world: World, frontdesk: Frontdesk) -> None:
    """What is appended is told at once, only of whom was asked for, and a signal ends it with 0."""
    async with frontdesk.running("runs", "tail", "--visitor", "v2", "--json") as tail:
        assert tail.stderr is not None
        assert tail.stdout is not None
        assert b"following" in await tail.stderr.readline()
        await world.happen(opened("v1"), opened("v2"))
        async with asyncio.timeout(10):
            appended = msgspec.json.decode(await tail.stdout.readline(), type=RunAppended)
        assert appended.visitor == "v2"
        assert [event.seq for event in appended.events] == [1, 2, 3, 4, 5]
        tail.send_signal(signal.SIGINT)
        out, err = await tail.communicate()
        assert (tail.returncode, out, err) == (0, b"", b"")


async def test_list_goes_on_where_it_ended(world: World, frontdesk: Frontdesk) -> None:
    """Two pages by the cursor have each run once."""
    await world.happen(*(opened(f"v{number}") for number in range(3)))

    async def all_there() -> bool:
        return len(await world.runs()) == 3

    await eventually(all_there)
    first = msgspec.json.decode(
        (await frontdesk("runs", "list", "--limit", "2", "--json")).out, type=RunsPage
    )
    assert first.cursor is not None
    second = await frontdesk("runs", "list", "--limit", "2", "--cursor", first.cursor, "--json")
    page = msgspec.json.decode(second.out, type=RunsPage)
    assert page.cursor is None
    assert {item.visitor for item in (*first.runs, *page.runs)} == {"v0", "v1", "v2"}


async def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    """What no service could make sense of is refused before one is asked."""
    frontdesk = Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": "nats://127.0.0.1:1"})
    for flag, value in (
        ("--limit", "0"),
        ("--limit", "501"),
        ("--cursor", "zz"),
        ("--cursor", "9" * 5000),
        ("--since", "yesterday"),
    ):
        finished = await frontdesk("runs", "list", flag, value)
        assert (finished.code, finished.out) == (2, ""), value
        assert len(finished.err.splitlines()) == 1
    assert (await frontdesk("runs", "list", "--limit", "500", "--cursor", "7")).code == 3
