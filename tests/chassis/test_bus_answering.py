"""Requests and their answers: copies share the work, and every refusal has one shape."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from contracts.errors import Error
from services.chassis.bus import Bus, Refusal, RequestRejected, answer
from services.chassis.errors import Permanent, Rejected, Unreachable


class Greet(msgspec.Struct, frozen=True):
    """A request."""

    name: str = "nobody"


class Greeting(msgspec.Struct, frozen=True):
    """A reply."""

    text: str
    copy: int = 0


async def greet(request: Greet) -> Greeting:
    """Answer, or fail as the name says."""
    match request.name:
        case "rejected":
            raise Rejected("no_greeting", "we do not greet you")
        case "refused":
            raise Refusal(Error(code="many", detail="two problems", problems=[]))
        case "away":
            raise Unreachable("Postgres is away")
        case "permanent":
            raise Permanent("cannot be")
        case "bug":
            raise ZeroDivisionError
        case name:
            return Greeting(f"hello {name}")


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client that also answers `greet`."""
    async with Bus(nats_url, "test") as bus:
        answer(bus.broker, "greet", Greet, greet, queue="greeters")
        await bus.start()
        yield bus


async def test_an_answer(bus: Bus) -> None:
    """A request is decoded, answered, and the reply decoded; an empty body has every default."""
    assert await bus.request("greet", Greet("ann"), Greeting) == Greeting("hello ann")
    assert await bus.request("greet", b"", Greeting) == Greeting("hello nobody")


@pytest.mark.parametrize(
    ("name", "code", "detail"),
    [
        ("rejected", "no_greeting", "we do not greet you"),
        ("refused", "many", "two problems"),
        ("away", "unavailable", "Postgres is away; try again"),
        ("permanent", "failed", "cannot be"),
        ("bug", "internal", "greet failed inside; the service's log says why"),
    ],
)
async def test_a_refusal(bus: Bus, name: str, code: str, detail: str) -> None:
    """Whatever goes wrong, the asker gets a code and a sentence."""
    with pytest.raises(RequestRejected) as caught:
        await bus.request("greet", Greet(name), Greeting)
    assert (caught.value.code, caught.value.detail) == (code, detail)


@pytest.mark.parametrize("body", [b"{", b'{"name": 1}', b"[]", b"\xff"])
async def test_a_bad_request(bus: Bus, body: bytes) -> None:
    """What is no such request is refused as that, with the place."""
    with pytest.raises(RequestRejected) as caught:
        await bus.request("greet", body, Greeting)
    assert caught.value.code == "bad_request"
    assert caught.value.detail.startswith("greet: ")


async def test_nobody_answers(bus: Bus) -> None:
    """A subject without a service is told at once."""
    async with asyncio.timeout(1):
        with pytest.raises(Unreachable, match="nobody answers nowhere"):
            await bus.request("nowhere", b"", Greeting)


async def test_copies_share_the_work(nats_url: str) -> None:
    """Each request is answered by one copy, and by both of them over time."""
    answered = [0, 0]

    async def count(copy: int) -> Greeting:
        answered[copy] += 1
        return Greeting("hello", copy)

    async with Bus(nats_url, "first") as first, Bus(nats_url, "second") as second:
        answer(first.broker, "greet", Greet, lambda _: count(0), queue="greeters")
        answer(second.broker, "greet", Greet, lambda _: count(1), queue="greeters")
        await first.start()
        await second.start()
        await asyncio.gather(*(first.request("greet", Greet(), Greeting) for _ in range(50)))
    assert sum(answered) == 50
    assert min(answered) > 0


async def test_a_wrong_address_says_so() -> None:
    """Nobody at the address: one sentence with the address and the way out."""
    with pytest.raises(Unreachable, match=r"NATS does not answer at 127\.0\.0\.1:1; start it"):
        async with Bus("nats://127.0.0.1:1", "test"):
            raise AssertionError("nobody is there")


async def test_a_wrong_password_says_so(nats_url: str) -> None:
    """Refused by the server: one sentence without the password."""
    wrong = nats_url.replace("@", "x@")
    with pytest.raises(Unreachable, match="does not let us in") as caught:
        async with Bus(wrong, "test"):
            raise AssertionError("nobody may come in")
    assert wrong.rpartition("@")[0].rpartition(":")[2] not in str(caught.value)
