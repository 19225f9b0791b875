"""Keys and their watches: a snapshot, each change, and a snapshot again after every interruption."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Self

import pytest

from services.chassis.bus import Bus, Gone, Put, Snapshot, Watch
from services.chassis.bus.watching import Change
from services.chassis.errors import Conflict
from tests.servers import Nats
from tests.waiting import eventually

MINUTE = timedelta(minutes=1)


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
