"""Keys and their watches: a snapshot, each change, and a snapshot again after every interruption."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest

from services.chassis.bus import Bus, Gone, Put, Snapshot, Watch
from services.chassis.bus.expiry import SLACK, Deadlines, over_at
from services.chassis.bus.watching import Change
from services.chassis.clock import system_clock
from services.chassis.errors import Conflict
from tests.servers import Nats
from tests.waiting import eventually

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A client of a provisioned bus."""
    async with Bus(nats_url, "test") as bus:
        yield bus


class Watcher:
    """Collects what a watch says."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.changes: list[Change] = []
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for change in self.watch.changes():
            self.changes.append(change)

    async def __aenter__(self) -> Self:
        await eventually(lambda: self.changes)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_first_all_that_is_there_then_each_change(bus: Bus) -> None:
    """The snapshot has the keys that match and are there; puts and purges follow in their order."""
    await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"1", MINUTE)
    await bus.keys.put_for("SESSIONS", "t.agent.a2.s1", b"2", MINUTE)
    await bus.keys.put_for("SESSIONS", "t.visitor.v.s1", b"3", MINUTE)
    await bus.keys.purge("SESSIONS", "t.agent.a2.s1", MINUTE)
    async with Watcher(bus.watch("SESSIONS", "*.agent.>")) as watcher:
        assert watcher.changes == [Snapshot({"t.agent.a1.s1": b"1"})]
        assert watcher.watch.is_live
        await bus.keys.put_for("SESSIONS", "t.agent.a3.s1", b"4", MINUTE)
        await bus.keys.put_for("SESSIONS", "t.visitor.w.s1", b"5", MINUTE)
        await bus.keys.purge("SESSIONS", "t.agent.a1.s1", MINUTE)
        await eventually(lambda: len(watcher.changes) == 3)
        assert watcher.changes[1:] == [Put("t.agent.a3.s1", b"4"), Gone("t.agent.a1.s1")]


async def test_an_empty_bucket_has_an_empty_snapshot(bus: Bus) -> None:
    """Nobody there is known at once."""
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        assert watcher.changes == [Snapshot({})]


async def test_a_key_goes_when_its_time_is_up(bus: Bus) -> None:
    """A session that nobody refreshes goes by itself, and its watchers see it."""
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", timedelta(seconds=1))
        await eventually(lambda: Gone("t.agent.a1.s1", has_expired=True) in watcher.changes)
        assert await bus.keys.get("SESSIONS", "t.agent.a1.s1") is None


async def test_the_time_of_a_key_is_up_once(bus: Bus) -> None:
    """The server that expires a key itself leaves nothing to the reader's own deadline."""
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", SECOND)
        await bus.keys.put_for("SESSIONS", "t.agent.a2.s1", b"", SECOND + SLACK + SECOND)
        await eventually(lambda: Gone("t.agent.a2.s1", has_expired=True) in watcher.changes, within_s=7)
    assert watcher.changes.count(Gone("t.agent.a1.s1", has_expired=True)) == 1
    assert not any(isinstance(change, Gone) and change.stale for change in watcher.changes)


class Shifted:
    """A clock that is ahead of the server's, whose keys are then over without its noticing."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Now, ahead."""
        return system_clock() + self.ahead


async def test_what_the_server_forgot_to_expire_is_not_there(bus: Bus) -> None:
    """A key whose time is up is left out of the snapshot, and named with its revision."""
    over = await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"1", MINUTE)
    await bus.keys.put_for("SESSIONS", "t.agent.a2.s1", b"2", 10 * MINUTE)
    await bus.keys.put("SESSIONS", "t.agent.a3.s1", b"3")
    clock = Shifted()
    clock.ahead = MINUTE + SLACK
    async with Watcher(bus.watch("SESSIONS", clock=clock)) as watcher:
        left = {"t.agent.a2.s1": b"2", "t.agent.a3.s1": b"3"}
        assert watcher.changes == [Snapshot(left, {"t.agent.a1.s1": over.seq})]


async def test_a_watch_counts_for_itself(bus: Bus) -> None:
    """A key goes at its deadline though the server says nothing; a refresh, and what comes later, count."""
    clock = Shifted()
    async with Watcher(bus.watch("SESSIONS", clock=clock)) as watcher:
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", 4 * SECOND)
        over = await bus.keys.put_for("SESSIONS", "t.agent.a2.s1", b"", MINUTE)
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", 3 * MINUTE)
        await eventually(lambda: len(watcher.changes) == 4)
        clock.ahead = MINUTE + SLACK
        await bus.keys.put("SESSIONS", "t.visitor.v.s1", b"")
        gone = Gone("t.agent.a2.s1", has_expired=True, stale=over.seq)
        await eventually(lambda: watcher.changes[5:] == [gone])
        await bus.keys.expire("SESSIONS", "t.agent.a2.s1", over.seq, MINUTE)
        await eventually(lambda: watcher.changes[6:] == [Gone("t.agent.a2.s1", has_expired=True)])
        assert sorted(await bus.keys.matching("SESSIONS", "t.>")) == ["t.agent.a1.s1", "t.visitor.v.s1"]
        assert watcher.watch.is_live


async def test_a_sleeper_reads_before_it_counts(bus: Bus, nats_url: str) -> None:
    """Who did not get to read in time finds the refreshes that came meanwhile, and says of no key that it went."""

    async def refresh() -> None:
        until = system_clock() + SECOND + SLACK + SECOND
        async with Bus(nats_url, "holder") as holder:

            async def is_over() -> bool:
                await holder.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", SECOND)
                return system_clock() > until

            await eventually(is_over)

    async with Watcher(bus.watch("SESSIONS")) as watcher:
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", SECOND)
        await eventually(lambda: len(watcher.changes) == 2)
        holder = threading.Thread(target=lambda: asyncio.run(refresh()))
        holder.start()
        # This process sleeps: nothing else runs in its loop.
        holder.join()
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"last", MINUTE)
        await eventually(lambda: watcher.changes[-1] == Put("t.agent.a1.s1", b"last"))
    assert not any(isinstance(change, Gone) for change in watcher.changes)


async def test_only_the_same_revision_expires(bus: Bus) -> None:
    """A key that was set again meanwhile stays."""
    old = await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"1", MINUTE)
    await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"2", MINUTE)
    with pytest.raises(Conflict):
        await bus.keys.expire("SESSIONS", "t.agent.a1.s1", old.seq, MINUTE)
    assert await bus.keys.matching("SESSIONS", "t.agent.>") == ["t.agent.a1.s1"]


def test_when_a_key_is_over() -> None:
    """Its time to live and some slack after it was stored; without one that can be read, never."""
    assert over_at(NOON, {"Nats-TTL": "30s"}) == NOON + timedelta(seconds=30) + SLACK
    assert over_at(NOON, {"Nats-TTL": "30"}) == NOON + timedelta(seconds=30) + SLACK
    for headers in ({}, {"Nats-TTL": "never"}, {"Nats-TTL": "1h30m"}):
        assert over_at(NOON, headers) is None


def test_deadlines_come_in_order() -> None:
    """Each key is taken once, at its last deadline; what was set anew, or dropped, is not taken before."""
    deadlines = Deadlines()
    assert deadlines.left_s(NOON) is None
    deadlines.set("later", NOON + 2 * SECOND, 1)
    deadlines.set("first", NOON + SECOND, 2)
    deadlines.set("refreshed", NOON + SECOND, 3)
    deadlines.set("refreshed", NOON + 10 * SECOND, 4)
    deadlines.set("sooner", NOON + MINUTE, 5)
    deadlines.set("sooner", NOON + 3 * SECOND, 6)
    deadlines.set("dropped", NOON, 7)
    deadlines.drop("dropped")
    deadlines.set("lasting", NOON, 8)
    deadlines.set("lasting", None, 9)
    assert deadlines.left_s(NOON) == 1
    assert deadlines.take_past(NOON) == {}
    assert list(deadlines.take_past(NOON + 3 * SECOND).items()) == [("first", 2), ("later", 1), ("sooner", 6)]
    assert deadlines.left_s(NOON + MINUTE) == 0
    assert deadlines.take_past(NOON + MINUTE) == {"refreshed": 4}
    assert deadlines.left_s(NOON) is None


async def test_a_refreshed_key_stays(bus: Bus) -> None:
    """Another put begins the time anew."""
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", timedelta(seconds=1))
        await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", MINUTE)
        await bus.keys.put_for("SESSIONS", "t.agent.a2.s1", b"", timedelta(seconds=1))
        await eventually(lambda: Gone("t.agent.a2.s1", has_expired=True) in watcher.changes)
        assert Gone("t.agent.a1.s1", has_expired=True) not in watcher.changes


async def test_the_marker_of_a_purge_goes_too(bus: Bus) -> None:
    """Nothing piles up: when the marker's time is up the bucket is empty."""
    await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"", MINUTE)
    await bus.keys.purge("SESSIONS", "t.agent.a1.s1", timedelta(seconds=1))

    async def is_empty() -> bool:
        return await bus.last_subjects("KV_SESSIONS", ">") == {}

    await eventually(is_empty)


async def test_after_kill_9_everything_is_said_again(nats_server: Nats, bus: Bus) -> None:
    """When the server comes back the watch begins anew within a second, and is not live meanwhile."""
    await bus.keys.put_for("SESSIONS", "t.agent.a1.s1", b"1", MINUTE)
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        is_back = asyncio.Event()
        bus.on_reconnect(is_back.set)
        nats_server.kill()
        await eventually(lambda: not watcher.watch.is_live)
        nats_server.start()
        await is_back.wait()
        await eventually(lambda: watcher.changes[1:] == [Snapshot({"t.agent.a1.s1": b"1"})], within_s=2)
        assert watcher.watch.is_live


async def test_silence_is_noticed(nats_server: Nats, bus: Bus) -> None:
    """A frozen server: the watch stops being live within seconds, and is again when the server goes on."""
    async with Watcher(bus.watch("SESSIONS")) as watcher:
        nats_server.freeze()
        await eventually(lambda: not watcher.watch.is_live, within_s=4)
        nats_server.thaw()
        await eventually(lambda: watcher.watch.is_live, within_s=8)


async def test_a_revision_guards_a_put(bus: Bus) -> None:
    """Who read an older value, or none, cannot overwrite a newer one."""
    first = await bus.keys.put("TEAM", "other", b"1", revision=0)
    with pytest.raises(Conflict):
        await bus.keys.put("TEAM", "other", b"2", revision=0)
    second = await bus.keys.put("TEAM", "other", b"2", revision=first.seq)
    assert await bus.keys.get("TEAM", "other") == (b"2", second.seq)
    assert await bus.keys.get("TEAM", "nobody") is None
