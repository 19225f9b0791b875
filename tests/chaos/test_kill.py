"""Each process is killed with -9 while visitors are there, and the supervisor starts it again."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest

from contracts.chat import ChatEvent, Posted
from contracts.ids import DEFAULT_TEAM, AgentId, MessageId, VisitorId
from contracts.requests import MessagesList, MessagesPage, PostMessage, Stored
from contracts.streams import CHAT, CONSUMERS
from services.chassis.bus import Bus, RequestRejected
from services.chassis.database import Database
from services.chassis.errors import Retryable
from tests.chaos.browser import Browser, browsing
from tests.product import Product, cli
from tests.waiting import eventually

pytestmark = pytest.mark.chaos

SORRY = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"


async def test_the_executor_dies(product: Product, bus: Bus) -> None:
    """In the middle of five hundred visitors opening the widget: five hundred runs, completed, and one message each."""
    async with browsing(product.addresses.gateway, 500) as browsers:
        opening = asyncio.gather(*(_open(browser) for browser in browsers))
        await eventually(lambda: _apologies(browsers) > 100, within_s=20)
        product.kill_service("flow-executor")
        assert _apologies(browsers) < 500
        await opening
        await eventually(lambda: _apologies(browsers) == 500, within_s=20)
        await _settled(bus)
        assert all(browser.texts("robot") == [SORRY] for browser in browsers)
        assert await _runs(product, browsers) == [("agents-offline-message", "completed", 500)]
        assert await _chat(bus, browsers, "robot") == {browser.id: [SORRY] for browser in browsers}


async def test_the_gateway_dies(product: Product, bus: Bus) -> None:
    """Visitors come back by themselves and say again what was not accepted; every message is there once, in order."""
    async with browsing(product.addresses.gateway, 100) as browsers:
        await eventually(lambda: all(browser.is_content for browser in browsers), within_s=15)
        talking = asyncio.gather(*(_talk(browser, 10) for browser in browsers))
        await eventually(lambda: _heard(browsers) > 200, within_s=10)
        product.kill_service("widget-gateway")
        await talking
        await _all_said(bus, browsers, 10)
        assert all(browser.sockets == 2 for browser in browsers)


async def test_conversations_dies(product: Product, bus: Bus) -> None:
    """What visitors say meanwhile is in their histories afterwards, each message once."""
    async with browsing(product.addresses.gateway, 100) as browsers:
        await eventually(lambda: all(browser.is_content for browser in browsers), within_s=15)
        talking = asyncio.gather(*(_talk(browser, 10) for browser in browsers))
        await eventually(lambda: _heard(browsers) > 200, within_s=10)
        product.kill_service("conversations")
        await talking
        await _all_said(bus, browsers, 10)
        await _settled(bus)

        async def complete() -> bool:
            for browser in browsers:
                history = await _history(bus, browser)
                assert Counter(history) == Counter(map(str, range(10)))
            return True

        await eventually(complete, within_s=10)


async def test_nats_dies(product: Product, bus: Bus) -> None:
    """Every open socket has every message once, without a reload, and nobody hears that nobody is there."""
    online = await asyncio.create_subprocess_exec(
        *cli("team", "online", "agent-1"),
        env={"FRONTDESK_NATS_URL": product.addresses.nats, "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert online.stdout is not None
    assert b"agent-1" in await online.stdout.readline()
    try:
        async with browsing(product.addresses.gateway, 100) as browsers:
            await eventually(lambda: all(browser.is_content for browser in browsers), within_s=15)
            await eventually(lambda: all(browser.presence[-1] for browser in browsers))
            for browser in browsers:
                browser.presence.clear()
            talking = asyncio.gather(*(_talk(browser, 10) for browser in browsers))
            answering = asyncio.create_task(_answer(bus, browsers[:20], 10))
            await eventually(lambda: _heard(browsers) > 200, within_s=10)
            product.kill_service("nats")
            await talking
            await answering
            async with browsing(product.addresses.gateway, 50) as late:
                await asyncio.gather(*(_open(browser) for browser in late))
                await eventually(lambda: all(browser.is_content for browser in late), within_s=15)
                await _all_said(bus, browsers, 10)
                await _settled(bus)
                assert [flow for flow, _, _ in await _runs(product, late)] == ["agents-offline-message"]
                assert all(browser.texts("robot") == [] for browser in late)
                assert all(all(browser.presence) for browser in late)
                online.terminate()
                await eventually(
                    lambda: all(browser.presence[-1:] == [False] for browser in (*browsers, *late))
                )
            answered = browsers[:20]
            await eventually(lambda: all(len(browser.texts("agent")) == 10 for browser in answered))
            numbers = [str(number) for number in range(10)]
            assert all(browser.texts("agent") == numbers for browser in answered)
            assert all(browser.sockets == 1 for browser in browsers)
            assert all(all(browser.presence[:-1]) for browser in browsers)
        async with browsing(product.addresses.gateway, 1) as (browser,):
            await _open(browser)
            await eventually(lambda: browser.texts("robot") == [SORRY])
    finally:
        if online.returncode is None:
            online.kill()
        await online.wait()


async def _open(browser: Browser) -> None:
    await browser.say("widget_opened")


async def _talk(browser: Browser, count: int) -> None:
    """Say numbers, each when the one before is accepted."""
    for number in range(count):
        await browser.say("message_sent", text=str(number))
        await eventually(lambda: browser.is_content, within_s=20)


async def _answer(bus: Bus, browsers: Sequence[Browser], count: int) -> None:
    """An agent writes to each of these visitors, again and again until it is stored."""
    for number in range(count):
        for browser in browsers:
            post = PostMessage(
                id=MessageId(f"{browser.id}-{number}"),
                visitor=VisitorId(browser.id),
                agent=AgentId("agent-1"),
                text=str(number),
            )
            await eventually(lambda: _stored(bus, post), within_s=20)  # noqa: B023


async def _stored(bus: Bus, post: PostMessage) -> bool:
    try:
        await bus.request("contracts.conversations.post", post, Stored)
    except (Retryable, RequestRejected) as exc:
        if isinstance(exc, RequestRejected) and exc.code != "unavailable":
            raise
        return False
    return True


async def _all_said(bus: Bus, browsers: Sequence[Browser], count: int) -> None:
    """Return when each visitor sees all that it said; then it is there once, here and in CHAT, in its order."""
    numbers = [str(number) for number in range(count)]
    await eventually(
        lambda: all(len(set(browser.texts("visitor"))) == count for browser in browsers), within_s=20
    )
    assert [browser.told_twice for browser in browsers if browser.told_twice] == []
    assert all(browser.texts("visitor") == numbers for browser in browsers)
    assert await _chat(bus, browsers, "visitor") == {browser.id: numbers for browser in browsers}


def _apologies(browsers: Sequence[Browser]) -> int:
    return sum(len(browser.texts("robot")) for browser in browsers)


def _heard(browsers: Sequence[Browser]) -> int:
    return sum(len(browser.messages) for browser in browsers)


async def _settled(bus: Bus) -> None:
    """Return when every service has taken everything."""

    async def is_settled() -> bool:
        for consumer in CONSUMERS:
            info = await bus.api.consumer(consumer.stream, consumer.durable)
            assert info.num_pending + info.num_ack_pending == 0
        return True

    await eventually(is_settled, within_s=15)


async def _chat(bus: Bus, browsers: Sequence[Browser], kind: str) -> dict[str, list[str]]:
    """What stands in CHAT of these visitors by that kind of author."""
    found: dict[str, list[str]] = {browser.id: [] for browser in browsers}
    for message in await bus.read.since(CHAT.name, f"chat.{DEFAULT_TEAM}.*.{kind}", 1):
        event = msgspec.json.decode(message.data, type=ChatEvent)
        if event.visitor in found and isinstance(event, Posted):
            found[event.visitor].append(event.body.text)
    return found


async def _history(bus: Bus, browser: Browser) -> list[str]:
    """What the visitor said, as people see it."""
    request = MessagesList(visitor=VisitorId(browser.id))
    page = await bus.request("query.conversations.messages", request, MessagesPage)
    return [message.text for message in page.messages if message.author_kind == "visitor"]


async def _runs(product: Product, browsers: Sequence[Browser]) -> list[tuple[str, str, int]]:
    """The runs of these visitors: flow, status and of how many visitors each, no visitor twice."""
    async with Database(product.addresses.postgres) as database, database.statement() as tx:
        rows = await tx.rows(
            """select flow, status, count(*) as runs, count(distinct visitor) as visitors
                 from flow_executor.runs where visitor = any($1::text[]) group by 1, 2 order by 1, 2""",
            [browser.id for browser in browsers],
        )
    assert all(row["runs"] == row["visitors"] for row in rows)
    return [(row["flow"], row["status"], row["runs"]) for row in rows]
