"""`frontdesk team` with presence and conversations at the other end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import jwt
import msgspec
import pytest

from contracts.requests import PresenceList, PresenceOnline, Request, TeamFound
from contracts.streams import SESSIONS
from contracts.team import TeamSettings
from services.chassis.bus import Bus, Received, RequestRejected
from services.chassis.embedded import DataFolder
from services.chassis.errors import Retryable
from services.chassis.lifecycle import DONE, FAILED, UNREACHABLE, WRONG_USAGE
from services.cli import addresses
from services.cli.addresses import Addresses
from services.cli.asking import PATIENCE_S
from services.conversations import app as conversations
from services.conversations.config import Config as ConversationsConfig
from services.presence import app as presence
from services.presence.config import Config as PresenceConfig
from tests.cli.commands import ROOT, Frontdesk
from tests.servers import Nats
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def frontdesk(nats_url: str, tmp_path: Path) -> Frontdesk:
    """The command line of somebody who knows the bus."""
    return Frontdesk(tmp_path, {"FRONTDESK_NATS_URL": nats_url})


@pytest.fixture
async def bus(nats_url: str, postgres_dsn: str) -> AsyncIterator[Bus]:
    """A client of a bus where presence and conversations run."""
    stop = asyncio.Event()
    async with Bus(nats_url, "tests") as bus, asyncio.TaskGroup() as tasks:
        config = ConversationsConfig(nats_url=nats_url, postgres_dsn=postgres_dsn)
        tasks.create_task(conversations.serve(config, stop))
        tasks.create_task(presence.serve(PresenceConfig(nats_url=nats_url), stop))
        await eventually(lambda: is_answered(bus))
        yield bus
        stop.set()


async def is_answered(bus: Bus) -> bool:
    """Whether both services are there."""
    try:
        await bus.request("contracts.team.get", Request(), TeamFound)
        await bus.request("query.presence.list", PresenceList(), PresenceOnline)
    except (Retryable, RequestRejected):
        return False
    return True


async def agents_online(bus: Bus) -> list[str]:
    """Whom presence says."""
    try:
        return (await bus.request("query.presence.list", PresenceList(), PresenceOnline)).online
    except (Retryable, RequestRejected):
        return ["nobody knows"]


async def expect_online(bus: Bus, *agents: str, within_s: float = 20.0) -> None:
    """These agents and no others, soon."""

    async def are_online() -> bool:
        assert await agents_online(bus) == [*agents]
        return True

    await eventually(are_online, within_s)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_online_until_the_end(bus: Bus, frontdesk: Frontdesk, how: signal.Signals) -> None:
    """The agent is online when the line is printed, and offline at once when the command ends."""
    async with frontdesk.running("team", "online", "agent-1") as command:
        assert command.stdout is not None
        assert await command.stdout.readline() == b"agent-1 is online; Ctrl-C ends it\n"
        await expect_online(bus, "agent-1")
        command.send_signal(how)
        assert await command.wait() == DONE
    await expect_online(bus)


async def test_online_survives_a_killed_bus(nats_server: Nats, bus: Bus, frontdesk: Frontdesk) -> None:
    """After kill -9 of NATS the session is put again at once, though its next refresh is seconds away."""
    async with frontdesk.running("team", "online", "agent-1") as command:
        assert command.stdout is not None
        await command.stdout.readline()
        (key,) = await bus.keys.matching(SESSIONS.name, ">")
        first = await bus.keys.get(SESSIONS.name, key)
        assert first is not None
        nats_server.kill()
        nats_server.start()

        async def is_put_again() -> bool:
            try:
                stored = await bus.keys.get(SESSIONS.name, key)
            except Retryable:
                return False
            return stored is not None and stored[1] > first[1]

        await eventually(is_put_again)
        await expect_online(bus, "agent-1")
        command.send_signal(signal.SIGINT)
        assert await command.wait() == DONE


async def test_online_refuses_a_stranger(bus: Bus, frontdesk: Frontdesk) -> None:
    """An agent whom the team does not have is refused, with the way out."""
    finished = await frontdesk("team", "online", "agent-2")
    assert (finished.code, finished.out) == (FAILED, "")
    assert "team default has no agent 'agent-2', did you mean agent-1?" in finished.err
    assert "frontdesk team agents add" in finished.err
    other = await frontdesk("team", "online", "agent-1", "--team", "other")
    assert other.code == FAILED
    assert "there is no team other" in other.err


async def test_agents_are_added_and_changed(bus: Bus, frontdesk: Frontdesk) -> None:
    """An agent is added once; the same id again changes it, and groups and role stay unless given."""
    added = await frontdesk("team", "agents", "add", "ann", "--name", "Ann", "--email", "ann@shop.example")
    assert (added.code, added.out.splitlines()[0]) == (DONE, "team default has agent ann")
    ann = ("--email", "ann@shop.example", "--name", "Ann")
    grouped = await frontdesk("team", "agents", "add", "ann", *ann, "--group", "sales", "--group", "night")
    assert grouped.out.splitlines()[0] == "team default has agent ann, changed"
    assert (await frontdesk("team", "agents", "add", "ann", *ann, "--role", "sre")).code == DONE
    assert (await frontdesk("team", "agents", "add", "ann", *ann)).code == DONE
    listed = await frontdesk("team", "agents", "list", "--json")
    assert msgspec.json.decode(listed.out) == {
        "agents": [
            {"id": "agent-1", "name": "agent-1", "email": "", "groups": [], "role": "admin", "online": False},
            {
                "id": "ann",
                "name": "Ann",
                "email": "ann@shop.example",
                "groups": ["sales", "night"],
                "role": "sre",
                "online": False,
            },
        ]
    }
    assert "ann@shop.example" in (await frontdesk("team", "agents", "list")).out


async def test_an_agent_is_let_in_by_a_link(
    bus: Bus, frontdesk: Frontdesk, nats_url: str, tmp_path: Path
) -> None:
    """The link is for the console beside this bus, signed by its secret; where one is not known, that is said."""
    arguments = ("team", "agents", "add", "ann", "--name", "Ann", "--email", "ann@shop.example")
    assert "no sign-in link: where the console is" in (await frontdesk(*arguments)).out
    environ = {"FRONTDESK_NATS_URL": nats_url, "FRONTDESK_CONSOLE_URL": "https://desk.example"}
    assert "no sign-in link: what signs links" in (await Frontdesk(tmp_path, environ)(*arguments)).out

    environ["FRONTDESK_SECRET"] = "s" * 32
    added = await Frontdesk(tmp_path, environ)(*arguments)
    address, _, token = added.out.splitlines()[1].partition(": ")[2].partition("?token=")
    assert address == "https://desk.example/sign-in"
    assert _claims(token, "s" * 32)["sub"] == "ann"

    where = Addresses(nats=nats_url, postgres="", gateway="", console="http://127.0.0.1:8081")
    folder = DataFolder(tmp_path / ".frontdesk")
    addresses.write(folder.path, where)
    added = await frontdesk(*arguments, "--json")
    address, _, token = msgspec.json.decode(added.out)["sign_in"].partition("?token=")
    assert address == "http://127.0.0.1:8081/sign-in"
    assert _claims(token, folder.secret("frontdesk"))["team"] == "default"

    # Another bus has another console.
    addresses.write(folder.path, msgspec.structs.replace(where, nats="nats://127.0.0.1:1"))
    assert "no sign-in link" in (await frontdesk(*arguments)).out


def _claims(token: str, secret: str) -> dict[str, object]:
    """What the token says."""
    return jwt.decode(token, secret, algorithms=["HS256"])  # pyright: ignore[reportUnknownMemberType] - optional cryptography


async def test_a_wrong_agent_is_refused(bus: Bus, frontdesk: Frontdesk) -> None:
    """What is wrong is said with its place and the way out; name and e-mail are asked for."""
    add = ("team", "agents", "add")
    wrong = await frontdesk(*add, "b b", "--name", "B", "--email", "nomail")
    assert (wrong.code, wrong.out) == (FAILED, "")
    for words in ("agents.1.id", "write an id: 1 to 64", "agents.1.email", "write an e-mail address such as"):
        assert words in wrong.err
    assert (await frontdesk(*add, "bob", "--name", "Bob")).code == WRONG_USAGE
    assert (await frontdesk(*add, "bob", "--email", "bob@shop.example")).code == WRONG_USAGE


async def test_settings_go_out_and_come_back(bus: Bus, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """What `show --json` prints, edited, is what `push` takes."""
    shown = await frontdesk("team", "show", "--json")
    settings = msgspec.json.decode(shown.out, type=TeamSettings)
    file = tmp_path / "team.json"
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(settings, robot_name="小前")))
    pushed = await frontdesk("team", "push", file)
    assert pushed.code == DONE
    assert pushed.out.startswith("team default has these settings now (revision ")
    assert "小前" in (await frontdesk("team", "show")).out


async def test_everything_goes_out_and_comes_back_as_toml(
    bus: Bus, frontdesk: Frontdesk, tmp_path: Path
) -> None:
    """A file is pushed, shown as TOML, and pushed again: the settings are the same; people see each, but no secret."""
    example = ROOT / "deploy" / "team.example.toml"
    file = tmp_path / "team.toml"
    file.write_text('identity_secret = "s3cret"\n' + example.read_text())
    assert (await frontdesk("team", "push", file)).code == DONE
    stored = await bus.keys.get("TEAM", "default")
    shown = await frontdesk("team", "show", "--toml")
    again = tmp_path / "again.toml"
    again.write_text(shown.out)
    assert (await frontdesk("team", "push", again, "--json")).code == DONE
    after = await bus.keys.get("TEAM", "default")
    assert stored is not None
    assert after is not None
    assert (after[0], after[1] > stored[1]) == (stored[0], True)

    read = (await frontdesk("team", "show")).out
    for words in ("Asia/Shanghai", "22:00-02:00", "extra_field_SELECT_1", "german-gold", "多久能到货", "***"):
        assert words in read
    assert "s3cret" not in read
    assert (await frontdesk("team", "show", "--toml", "--json")).code == WRONG_USAGE


async def test_a_new_team_from_toml(bus: Bus, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A team is made by pushing its settings; another revision than expected is refused."""
    file = tmp_path / "shop.toml"
    file.write_text('team = "shop"\n[[agents]]\nid = "bob"\n')
    pushed = await frontdesk("team", "push", file, "--team", "shop", "--expect-revision", "0", "--json")
    assert pushed.code == DONE
    again = await frontdesk("team", "push", file, "--team", "shop", "--expect-revision", "0")
    assert again.code == FAILED
    assert "somebody changed the settings meanwhile" in again.err


async def test_every_problem_at_once(bus: Bus, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A file with many mistakes is refused with all of them, each with its place, and nothing is changed."""
    file = tmp_path / "team.json"
    file.write_text(
        '{"team": "default", "robot": "x", "allowed_origins": ["shop.example"],'
        ' "agents": [{"id": "a b"}, {"name": "nameless"}]}'
    )
    refused = await frontdesk("team", "push", file)
    assert refused.code == FAILED
    for place in ("robot", "allowed_origins.0", "agents.0.id", "agents.1.id"):
        assert place in refused.out
    file.write_text('{"team": "default", "agents": [{"id": "a"}, {"id": "a"}]}')
    assert "duplicate_agent" in (await frontdesk("team", "push", file)).out
    file.write_text('{"team": "other"}')
    assert "were pushed for team default" in (await frontdesk("team", "push", file)).out
    for data in (b"{", b"[" * 100_000, b" " * 300_000, b"\x89PNG\xff", b"[]"):
        file.write_bytes(data)
        refused = await frontdesk("team", "push", file)
        assert (refused.code, refused.err) == (FAILED, "")
        assert "  settings\n" in refused.out
        assert "flow" not in refused.out
    stored = await bus.keys.get("TEAM", "default")
    assert stored is not None
    assert b"agent-1" in stored[0]


async def test_nobody_answers(nats_url: str, frontdesk: Frontdesk, tmp_path: Path) -> None:
    """Without services, or without a bus, one sentence and exit code 3; a missing file is wrong usage."""
    assert (await frontdesk("team", "show")).code == UNREACHABLE
    assert (await frontdesk("team", "agents", "list", "--nats", "nats://127.0.0.1:1")).code == UNREACHABLE
    assert (await frontdesk("team", "push", tmp_path / "missing.json")).code == WRONG_USAGE


async def test_a_service_that_hangs_is_not_waited_for(nats_url: str, frontdesk: Frontdesk) -> None:
    """Whoever asks a service that takes the request and never answers knows it after seconds."""

    async def ignore(_: Received) -> None:
        pass

    async with Bus(nats_url, "tests") as bus:
        await bus.listen("contracts.flows.list", ignore)
        async with asyncio.timeout(PATIENCE_S + 4):
            assert (await frontdesk("flows", "list")).code == UNREACHABLE
