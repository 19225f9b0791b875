"""Every message reaches every socket of its visitor, in order, once, and again when asked for."""

import asyncio

import httpx
import msgspec
import pytest

from contracts import streams, subjects
from contracts.chat import Appearance, AppearanceSet, Assigned, ChatEvent, Posted
from contracts.frames import AppearanceChanged, Message
from contracts.ids import AgentId, TeamId, VisitorId
from services.chassis.bus import Bus, Received
from services.widget_gateway import history
from tests.waiting import eventually
from tests.widget_gateway.running import Gateway, post, posted
from tests.widget_gateway.visitor import Visitor


async def talk(bus: Bus, visitor: str, count: int, first: int = 1) -> list[int]:
    """Have a robot post numbered messages; the result is their sequences."""
    return [await post(bus, posted(visitor, str(number))) for number in range(first, first + count)]


def numbers(first: int, last: int) -> list[str]:
    """The texts of `talk`."""
    return [str(number) for number in range(first, last + 1)]


def texts(messages: list[Message]) -> list[str]:
    """What they say."""
    return [message.body.text for message in messages]


async def test_a_post_is_told_at_once(gateway: Gateway, bus: Bus) -> None:
    """What somebody posts to a visitor comes as it was posted, with its sequence."""
    async with gateway.visitor() as visitor:
        said = posted(visitor.id, "We are here")
        seq = await post(bus, said)
        message = await visitor.next(Message)
    assert (message.seq, message.id, message.at) == (seq, said.id, said.at)
    assert (message.author, message.body, message.frame) == (said.author, said.body, None)


async def test_two_tabs_hear_the_same(gateway: Gateway, bus: Bus) -> None:
    """Each tab of a visitor is told everything, what the other tab wrote as well; nobody else is."""
    async with gateway.visitor() as one, gateway.visitor(one.token) as two, gateway.visitor() as stranger:
        await one.write("Hello")
        await post(bus, posted(one.id, "Hi"))
        assert await two.texts(2) == ["Hello", "Hi"]
        assert await one.texts(1) == ["Hi"]
        await post(bus, posted(stranger.id, "Only for you"))
        assert await stranger.texts(1) == ["Only for you"]


async def test_a_tab_that_leaves_takes_nothing_from_the_other(gateway: Gateway, bus: Bus) -> None:
    """The conversation is heard as long as one of its sockets is open."""
    async with gateway.visitor() as one:
        async with gateway.visitor(one.token):
            pass
        await post(bus, posted(one.id, "Still there?"))
        assert await one.texts(1) == ["Still there?"]


async def test_coming_back_brings_what_was_missed(gateway: Gateway, bus: Bus) -> None:
    """With `after` a client is given what came since, and not what it has."""
    async with gateway.visitor() as visitor:
        await talk(bus, visitor.id, 3)
        await visitor.texts(2)
        last = await visitor.next(Message)
    await talk(bus, visitor.id, 2, first=4)
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token, after=last.seq, after_id=last.id)
        assert texts(welcome.messages) == numbers(4, 5)
        assert (welcome.more, welcome.reset) == (False, False)
        await talk(bus, visitor.id, 1, first=6)
        assert await again.texts(1) == ["6"]


async def test_coming_back_to_nothing_new(gateway: Gateway, bus: Bus) -> None:
    """Who has everything is given nothing, and hears on."""
    async with gateway.visitor() as visitor:
        last = await visitor.write("Hello")
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token, after=last.seq, after_id=last.id)
            assert (welcome.messages, welcome.more, welcome.reset) == ([], False, False)
            await visitor.write("More")
            assert await again.texts(1) == ["More"]


async def test_much_that_was_missed_comes_in_pages(gateway: Gateway, bus: Bus) -> None:
    """The first 50 come with `welcome`, the rest in `messages` of 50, all in order."""
    async with gateway.visitor() as visitor:
        first = await visitor.write("Hello")
    await talk(bus, visitor.id, 120)
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token, after=first.seq, after_id=first.id)
        pages = await again.pages()
    assert texts(welcome.messages) == numbers(1, 50)
    assert welcome.more
    assert [texts(page.messages) for page in pages] == [numbers(51, 100), numbers(101, 120)]
    assert [page.more for page in pages] == [True, False]


async def test_nothing_falls_between_reading_and_hearing(gateway: Gateway, bus: Bus) -> None:
    """Clients that come while messages pour in have each of them once, in order."""
    async with gateway.visitor() as visitor:
        first = await visitor.write("0")

        async def come() -> list[str]:
            async with gateway.socket() as again:
                welcome = await again.hello(token=visitor.token, after=first.seq, after_id=first.id)
                got = list(welcome.messages)
                if welcome.more:
                    got += [message for page in await again.pages() for message in page.messages]
                while len(got) < 300:
                    got.append(await again.next(Message))
            return texts(got)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(talk(bus, visitor.id, 300))
            comers = [tasks.create_task(come()) for _ in range(8)]
        assert await visitor.texts(300) == numbers(1, 300)
    for comer in comers:
        assert comer.result() == numbers(1, 300)


@pytest.mark.parametrize("wrong", ["another id", "past the end", "another's message"])
async def test_a_history_that_is_not_ours_is_reset(gateway: Gateway, bus: Bus, wrong: str) -> None:
    """When the client's end is not in this history it must forget it and take the newest."""
    async with gateway.visitor() as visitor, gateway.visitor() as stranger:
        last = await visitor.write("Hello")
        others = await stranger.write("Hi")
    after, after_id = {
        "another id": (last.seq, "nonsense"),
        "past the end": (last.seq + 1_000_000, None),
        "another's message": (others.seq, None),
    }[wrong]
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token, after=after, after_id=after_id)
    assert welcome.reset
    assert texts(welcome.messages) == ["Hello"]


async def test_all_lines_of_a_conversation_come_back_as_one(gateway: Gateway, bus: Bus) -> None:
    """Wherever somebody was when they left, they are given the rest of what robot, agents and they said, in order."""
    async with gateway.visitor() as visitor:
        seqs: list[int] = []
        for number in range(1, 9):
            said = posted(visitor.id, str(number))
            seqs.append(await post(bus, said, "agent" if number % 3 == 0 else "robot"))
            if number % 4 == 0:
                await visitor.texts(4)
                seqs.append((await visitor.write(f"after {number}")).seq)
    told = ["1", "2", "3", "4", "after 4", "5", "6", "7", "8", "after 8"]
    for place, seq in enumerate(seqs, 1):
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token, after=seq)
        assert (texts(welcome.messages), welcome.reset) == (told[place:], False)


async def test_coming_back_is_no_walk_through_everybodys(gateway: Gateway, bus: Bus) -> None:
    """The bus is never asked for the next message of a conversation, which it would look for among all of them."""
    async with gateway.visitor() as visitor:
        seqs = await talk(bus, visitor.id, 3)
        assert await visitor.texts(3) == numbers(1, 3)
    asked: list[bytes] = []

    async def note(message: Received) -> None:
        asked.append(message.data)

    await bus.listen(f"$JS.API.DIRECT.GET.{streams.CHAT.name}", note)
    for after in (0, seqs[0], seqs[-1]):
        async with gateway.socket() as again:
            await again.hello(token=visitor.token, after=after)
    await eventually(lambda: len(asked) >= 6)
    walks = [query for query in asked if b"next_by_subj" in query and b"*" in query]
    assert walks == []


async def test_a_first_visit_shows_the_newest(gateway: Gateway, bus: Bus) -> None:
    """Without `after` the newest 50 come, oldest first, and `more` says that there are older ones."""
    async with gateway.visitor() as visitor:
        pass
    await talk(bus, visitor.id, 60)
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token)
    assert texts(welcome.messages) == numbers(11, 60)
    assert (welcome.more, welcome.reset) == (True, False)


async def test_a_long_history_is_read_from_its_end(gateway: Gateway, bus: Bus) -> None:
    """Of thousands of messages, with others' between them, the newest come without all being read."""
    async with gateway.visitor() as visitor, gateway.visitor() as stranger:
        pass
    async with asyncio.TaskGroup() as tasks:
        for number in range(1, 2001):
            await tasks.create_task(begin(bus, visitor, str(number)))
            if number % 4 == 0:
                await tasks.create_task(begin(bus, stranger, "-"))
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token)
    assert texts(welcome.messages) == numbers(1951, 2000)
    assert welcome.more
    reader = history.History(bus)
    page = await reader.newest(TeamId("default"), VisitorId(visitor.id), 50, welcome.messages[0].seq)
    assert texts(page.messages) == numbers(1901, 1950)


async def begin(bus: Bus, visitor: Visitor, text: str) -> None:
    """Post without waiting for the ack of the one before."""
    said = posted(visitor.id, text)
    subject = subjects.chat(said.team, said.visitor, "robot")

    await bus.begin_store(subject, msgspec.json.encode(said))


async def test_a_message_that_is_stored_twice_is_told_once(gateway: Gateway, bus: Bus) -> None:
    """What a publisher stored again, past the dedupe window, is one message for who is there and who comes."""
    async with gateway.visitor() as visitor:
        said = posted(visitor.id, "Once")
        await post(bus, said)
        await post(bus, said)
        await post(bus, posted(visitor.id, "Then"))
        assert await visitor.texts(2) == ["Once", "Then"]
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token)
    assert texts(welcome.messages) == ["Once", "Then"]


async def test_what_is_not_for_the_visitor_is_not_told(gateway: Gateway, bus: Bus) -> None:
    """Assignments, e-mails and what nobody can read make no message and no gap."""
    async with gateway.visitor() as visitor:
        said = posted(visitor.id, "By e-mail")
        await post(
            bus,
            Assigned(id=said.id, team=said.team, visitor=said.visitor, at=said.at, agents=[AgentId("a")]),
            "state",
        )

        await post(bus, msgspec.structs.replace(said, channel="email"))
        await bus.store(subjects.chat(said.team, said.visitor, "agent"), b"{")
        await post(bus, posted(visitor.id, "Hi"))
        assert await visitor.texts(1) == ["Hi"]
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token)
    assert texts(welcome.messages) == ["Hi"]


async def test_a_flow_changes_the_appearance(gateway: Gateway, bus: Bus) -> None:
    """It is told at once, and stays for who comes back: what was set last of each field."""
    async with gateway.visitor() as visitor:
        said = posted(visitor.id, "")
        for title in ("One", "Two"):
            looks = Appearance(title=title, effect="snow" if title == "One" else None)
            event = AppearanceSet(
                id=said.id, team=said.team, visitor=said.visitor, at=said.at, appearance=looks
            )
            await post(bus, event, "state")
        assert (await visitor.next(AppearanceChanged)).appearance == Appearance(title="One", effect="snow")
        assert (await visitor.next(AppearanceChanged)).appearance == Appearance(title="Two")
        async with gateway.socket() as again:
            welcome = await again.hello(token=visitor.token)
    assert welcome.appearance == Appearance(title="Two", colour="#123456", effect="snow")


async def test_a_reader_that_is_slow_gets_everything(gateway: Gateway, bus: Bus) -> None:
    """A client that does not read for a while finds all messages, in order, when it does."""
    big = "x" * 4000
    async with gateway.visitor() as visitor:
        visitor.connection.transport.pause_reading()
        for number in range(3000):
            await begin(bus, visitor, f"{number} {big}")
        await bus.store(subjects.chat(TeamId("default"), VisitorId(visitor.id), "agent"), b"{}")
        visitor.connection.transport.resume_reading()
        got = await visitor.texts(3000)
    assert [text.split(" ")[0] for text in got] == numbers(0, 2999)


async def test_only_the_stream_makes_messages(gateway: Gateway, bus: Bus) -> None:
    """What somebody tells on the live subject alone, without the stream's sequence, is nobody's message."""
    async with gateway.visitor() as visitor:
        fake = msgspec.json.encode(posted(visitor.id, "Fake"))
        await bus.tell(f"live.{subjects.chat(TeamId('default'), VisitorId(visitor.id), 'robot')}", fake)
        await post(bus, posted(visitor.id, "Real"))
        assert await visitor.texts(1) == ["Real"]
    assert streams.CHAT.republish is not None


async def test_what_is_for_the_team_never_reaches_a_visitor(gateway: Gateway, bus: Bus) -> None:
    """Neither live, nor on coming back, nor in the history is a word of notices, fields, types and assignments."""
    async with gateway.visitor() as visitor:
        first = posted(visitor.id, "1")
        seq = await post(bus, first)
        for event in _for_the_team(first):
            await post(bus, event, "state")
        await talk(bus, visitor.id, 1, first=2)
        assert await visitor.texts(2) == ["1", "2"]
        assert "secret" not in str(visitor.aside)
    async with gateway.socket() as again:
        welcome = await again.hello(token=visitor.token, after=seq, after_id=first.id)
        assert texts(welcome.messages) == ["2"]
        assert "secret" not in str(welcome)
    async with gateway.socket() as anew:
        welcome = await anew.hello(token=visitor.token)
        assert texts(welcome.messages) == ["1", "2"]
        assert "secret" not in str(welcome)
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
        page = await client.get(
            f"/v1/visitors/{visitor.id}/messages", headers={"Authorization": f"Bearer {visitor.token}"}
        )
        assert page.status_code == 200
        assert "secret" not in page.text


def _for_the_team(beside: Posted) -> list[ChatEvent]:
    """Each state of a conversation that is none of its visitor's business."""
    kinds: list[dict[str, object]] = [
        {"type": "agents_notified.v1", "text": "secret"},
        {"type": "converted.v1", "customer_type": "secret"},
        {"type": "field_set.v1", "field": "secret", "value": "secret"},
        {"type": "assigned.v1", "agents": ["secret"]},
    ]
    whose = {"team": beside.team, "visitor": beside.visitor, "at": beside.at}
    return [msgspec.convert({**kind, **whose, "id": str(kind["type"])}, ChatEvent) for kind in kinds]
