"""What was not heard is found: by what follows it, by the sweep, after a loss."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from contracts.chat import Appearance
from contracts.frames import GatewayFrame, Message, Tick
from contracts.ids import DEFAULT_TEAM, VisitorId
from services.chassis.bus import Bus
from services.widget_gateway.conversation import Conversation, Live
from services.widget_gateway.delivery import Delivery
from services.widget_gateway.heartbeat import SLOTS, Heartbeat, Seat
from services.widget_gateway.history import Entry, History, told
from services.widget_gateway.limits import Allowance
from services.widget_gateway.outgoing import Outgoing, encoded
from services.widget_gateway.presence import Sessions
from tests.waiting import eventually
from tests.widget_gateway.running import post, posted


class Browser:
    """The other end of a socket, which may stop reading."""

    def __init__(self) -> None:
        self.got: list[GatewayFrame] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, event: Mapping[str, object]) -> None:
        """Take an ASGI event."""
        await self.reads.wait()
        self.got.append(msgspec.json.decode(str(event["text"]), type=GatewayFrame))

    def texts(self) -> list[str]:
        """What the messages say that came."""
        return [frame.body.text for frame in self.got if isinstance(frame, Message)]


class Line:
    """A delivery whose live messages the test passes on, or does not."""

    def __init__(self, bus: Bus, browser: Browser, tasks: asyncio.TaskGroup) -> None:
        self.visitor = VisitorId(uuid4().hex)
        self.history = History(bus)
        self.conversation = Conversation(DEFAULT_TEAM, self.visitor, Allowance(1, 1, lambda: 0.0))
        self.delivery = Delivery(self.conversation, self.history, Outgoing(browser.send, tasks), tasks)
        self._bus = bus
        self._last: dict[str, int] = {}

    async def store(self, text: str, kind: str = "robot") -> Live:
        """Store a message; the result is what the stream would tell of it."""
        said = posted(self.visitor, text)
        seq = await post(self._bus, said, "agent" if kind == "agent" else "robot")
        previous, self._last[kind] = self._last.get(kind, 0), seq
        message = told(seq, msgspec.json.encode(said))
        assert message is not None
        return Live(Entry(kind, seq, message), previous, encoded(message))

    async def sweep(self) -> None:
        """Compare with the stream, as it happens once a minute."""
        person = DEFAULT_TEAM, self.visitor
        self.delivery.check((await self.history.ends([person]))[person])


@pytest.fixture
async def browser() -> Browser:
    """A browser that reads."""
    return Browser()


@pytest.fixture
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """The tasks of a gateway."""
    async with asyncio.TaskGroup() as tasks:
        yield tasks


@pytest.fixture
async def line(bus: Bus, browser: Browser, tasks: asyncio.TaskGroup) -> Line:
    """An open line to the browser."""
    line = Line(bus, browser, tasks)
    line.delivery.open_new(0, Appearance())
    await line.delivery.go_on()
    return line


def shows(browser: Browser, *texts: str) -> Callable[[], Awaitable[bool]]:
    """Whether exactly these messages came."""

    async def check() -> bool:
        assert browser.texts() == list(texts)
        return True

    return check


async def test_what_follows_shows_a_hole(line: Line, browser: Browser) -> None:
    """A message that points at an unheard one has both read, in order."""
    line.delivery.hear(await line.store("1"))
    await line.store("2, unheard")
    line.delivery.hear(await line.store("3"))
    await eventually(shows(browser, "1", "2, unheard", "3"))


async def test_each_subject_has_its_own_holes(line: Line, browser: Browser) -> None:
    """A message of another side shows nothing; the next of the same side does, and nothing comes twice."""
    await line.store("1, unheard")
    line.delivery.hear(await line.store("2, of an agent", "agent"))
    line.delivery.hear(await line.store("3"))
    await eventually(shows(browser, "2, of an agent", "1, unheard", "3"))


async def test_the_sweep_finds_what_nothing_follows(line: Line, browser: Browser) -> None:
    """The last message, unheard, comes with the next sweep; a sweep that finds all in order tells nothing."""
    line.delivery.hear(await line.store("1"))
    await line.sweep()
    await line.store("2, unheard")
    await line.sweep()
    await eventually(shows(browser, "1", "2, unheard"))
    await line.sweep()
    line.delivery.hear(await line.store("3"))
    await eventually(shows(browser, "1", "2, unheard", "3"))


async def test_after_a_loss_nothing_overtakes(line: Line, browser: Browser) -> None:
    """What is heard after the bus was lost waits until what was missed before it has been read."""
    line.delivery.interrupt()
    await line.store("1, unheard")
    late = await line.store("2, of an agent", "agent")
    line.delivery.hear(late)
    assert browser.texts() == []
    await line.sweep()
    await eventually(shows(browser, "1, unheard", "2, of an agent"))
    line.delivery.hear(await line.store("3"))
    await eventually(shows(browser, "1, unheard", "2, of an agent", "3"))


async def test_what_is_heard_before_the_check_is_not_forgotten(line: Line, browser: Browser) -> None:
    """A message that comes between the sweep's reading and its comparison is not lost."""
    line.delivery.hear(await line.store("1"))
    line.delivery.interrupt()
    person = DEFAULT_TEAM, line.visitor
    ends = (await line.history.ends([person]))[person]
    line.delivery.hear(await line.store("2"))
    line.delivery.check(ends)
    await eventually(shows(browser, "1", "2"))


async def test_nothing_comes_before_welcome(bus: Bus, browser: Browser, tasks: asyncio.TaskGroup) -> None:
    """A sweep or a message in the middle of the opening gives nothing that `welcome` will not have."""
    line = Line(bus, browser, tasks)
    first = await line.store("1")
    await line.sweep()
    line.delivery.hear(first)
    opening = await line.delivery.open(0, None, Appearance())
    line.delivery.hear(await line.store("2"))
    assert [message.body.text for message in opening.messages] == ["1"]
    assert browser.got == []
    await line.delivery.go_on()
    await eventually(shows(browser, "2"))


async def test_a_full_line_reads_on_when_there_is_room(line: Line, browser: Browser) -> None:
    """Past the bound nothing is queued for a browser that does not read; it is read from the stream later."""
    browser.reads.clear()
    for number in range(400):
        line.delivery.hear(await line.store(str(number)))
    browser.reads.set()
    await eventually(shows(browser, *map(str, range(400))))


async def test_the_wheel_reaches_everybody(bus: Bus, browser: Browser, tasks: asyncio.TaskGroup) -> None:
    """In a minute every socket is sent three ticks, 20 s apart, whatever its slot."""
    heartbeat = Heartbeat(Sessions(bus, lambda: datetime.now(UTC)), tasks)
    with ExitStack() as seats:
        for _ in range(3):
            seat = Seat(DEFAULT_TEAM, VisitorId(uuid4().hex), uuid4().hex, Outgoing(browser.send, tasks))
            seats.enter_context(heartbeat.beating(seat))
        for third in range(3):
            for step in range(SLOTS // 3):
                heartbeat.turn(third * SLOTS // 3 + step)
            await eventually(lambda: browser.got == [Tick()] * 3)
            browser.got.clear()
    await heartbeat.finish(5)
