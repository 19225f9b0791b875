"""Whoever dies wherever, a task is done, its run goes on once, and nobody is bothered for a run that has gone on."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from contracts.ids import DEFAULT_TEAM
from contracts.requests import RunReplay, RunReplayed
from contracts.run import NodeCompleted, RunEvent
from contracts.streams import EXECUTOR_TASKS_DONE, EXECUTOR_WORKERS, TASK
from contracts.subjects import task, task_done
from contracts.team import TeamSettings
from services.chassis.bus import Bus
from services.chassis.errors import Conflict
from services.flow_executor import occasions
from services.flow_executor.tasks.worker import DEAD_AFTER
from tests.flow_executor.by_hand import Until, by_hand
from tests.flow_executor.harness import World, executing, in_action, path, said
from tests.flow_executor.loopback import Host, Request, host, says
from tests.flow_executor.test_tasks import NEAR, asking, ended, put_team
from tests.waiting import eventually

POINTS: tuple[Until, ...] = ("commit", "publish")
VISITORS = [f"died-at-{until}" for until in POINTS]
DONE = ["started", "start SUCCESS", "waiting", "ask SUCCESS", "yes SUCCESS", "completed"]


@asynccontextmanager
async def allowed_host(nats_url: str) -> AsyncGenerator[Host]:
    """A host that the team allows."""
    async with host() as there:
        await put_team(nats_url, TeamSettings(team=DEFAULT_TEAM, allowed_hosts=(there.where,)))
        yield there


async def test_died_over_the_event_that_asked(nats_url: str, postgres_dsn: str) -> None:
    """A task that was committed and not published is published later; one that was published refuses its twin."""
    async with allowed_host(nats_url) as there:
        async with by_hand(nats_url, postgres_dsn) as executor:
            await executor.activate(asking(there.url()))
            world = World(executor.bus)
            await world.happen(*(said(visitor, "hello") for visitor in VISITORS))
            deliveries = await executor.look("VISITOR", "visitor.>", 2)
            for until, delivery in zip(POINTS, deliveries, strict=True):
                await executor.die_at(until, occasions.visitor_event, [delivery])
            (published,) = await world.bus.read.since(TASK.name, "task.>", 1)
            with pytest.raises(Conflict):
                await world.bus.store(
                    published.subject, published.data, {"Nats-Expected-Last-Subject-Sequence": "0"}
                )
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            for visitor in VISITORS:
                assert path((await world.sole_run(visitor)).events) == DONE
            await _nothing_left(world)
        keys = [request.headers["idempotency-key"] for request in there.asked]
        assert len(set(keys)) == len(keys) == 2


async def test_died_over_the_answer(nats_url: str, postgres_dsn: str) -> None:
    """The answer's own effects are published once, and the work is not done again for a twin that comes too late."""
    async with allowed_host(nats_url) as there:
        async with by_hand(nats_url, postgres_dsn) as executor:
            await executor.activate(asking(there.url()))
            world = World(executor.bus)
            await world.happen(*(said(visitor, "hello") for visitor in VISITORS))
            await executor.die_at(
                "publish", occasions.visitor_event, await executor.look("VISITOR", "visitor.>", 2)
            )
            tasks = await world.bus.read.since(TASK.name, "task.>", 1)
            await _answer(world, [message.subject for message in tasks])
            answers = await executor.take(EXECUTOR_TASKS_DONE, 2)
            for until, delivery in zip(POINTS, answers, strict=True):
                await executor.die_at(until, occasions.task_done, [delivery])
            await executor.give_back(answers)
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            for visitor in VISITORS:
                assert path((await world.sole_run(visitor)).events) == DONE
            await _nothing_left(world)
            assert [await world.texts(visitor) for visitor in VISITORS] == [["done"], ["done"]]
            assert there.asked == []


async def test_done_before_and_acked_now(nats_url: str, postgres_dsn: str) -> None:
    """A worker that died between its answer and its ack leaves a task that the next one only acks."""
    async with allowed_host(nats_url) as there:
        async with by_hand(nats_url, postgres_dsn) as executor:
            await executor.activate(asking(there.url()))
            world = World(executor.bus)
            await world.happen(said("v1", "hello"))
            await executor.die_at(
                "publish", occasions.visitor_event, await executor.look("VISITOR", "visitor.>", 1)
            )
            (waiting,) = await world.bus.read.since(TASK.name, "task.>", 1)
            await _answer(world, [waiting.subject])
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            assert path((await world.sole_run("v1")).events) == DONE
            await _nothing_left(world)
            # Rule R may find neither the task nor its answer any more, and publish the task again.
            await world.bus.store(waiting.subject, waiting.data)
            await _nothing_left(world)
            assert there.asked == []


@pytest.mark.chaos
async def test_killed_between_work_and_answer(nats_url: str, postgres_dsn: str) -> None:
    """The work is done twice, under the same key; the run goes on once, and replays without a network."""
    processes: list[Process] = []

    async def kills(request: Request) -> bytes:
        processes[0].kill()
        await processes[0].wait()
        return await says(200)(request)

    async with host(kills, says(200, b'{"n": 2}')) as there:
        await put_team(nats_url, TeamSettings(team=DEFAULT_TEAM, allowed_hosts=(there.where,)))
        async with _process(nats_url, postgres_dsn) as process, Bus(nats_url, "tests") as bus:
            processes.append(process)
            world = World(bus)
            await world.wait_for_executor()
            await world.push(asking(there.url()))
            await world.happen(said("v1", "hello"))
            await process.wait()
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:

            async def over() -> list[RunEvent]:
                assert [run.status for run in await world.runs("v1")] == ["completed"]
                return list((await world.sole_run("v1")).events)

            events = await eventually(over, within_s=40)
            assert path(events) == DONE
            assert [e.sets["var_answer"] for e in events if isinstance(e, NodeCompleted) and e.sets] == [
                {"n": 2}
            ]
            await _nothing_left(world)
            keys = {request.headers["idempotency-key"] for request in there.asked}
            assert (len(there.asked), len(keys)) == (2, 1)
            there.answers = [says(500)]
            replay = RunReplay(run=events[0].run)
            assert (await world.bus.request("query.runs.replay", replay, RunReplayed)).equal
            assert len(there.asked) == 2


async def test_what_is_delivered_too_often_fails_its_run(nats_url: str, postgres_dsn: str) -> None:
    """It may be what kills the workers: it goes to DEAD, and the run goes on by FAILED."""
    async with allowed_host(nats_url) as there:
        async with by_hand(nats_url, postgres_dsn) as executor:
            await executor.activate(asking(there.url()))
            world = World(executor.bus)
            await world.happen(said("v1", "hello"))
            await executor.die_at(
                "publish", occasions.visitor_event, await executor.look("VISITOR", "visitor.>", 1)
            )
            for _ in range(DEAD_AFTER):
                await executor.give_back(await executor.take(EXECUTOR_WORKERS[0], 1))
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            history = await world.sole_run("v1")
            assert ended(history) == ("FAILED", {"ok": False, "code": "delivered_too_often"})
            (letter,) = await world.dead()
            assert letter.headers["Frontdesk-Reason"] == "delivered_too_often"
            assert letter.headers["Frontdesk-Subject"] == task("http_request", history.run.run, 3)
            assert there.asked == []


async def test_a_stop_lets_work_finish(nats_url: str, postgres_dsn: str) -> None:
    """What is under way is finished and told; what only waits for its next attempt is left to the next worker."""
    gate = asyncio.Event()

    async def slow(request: Request) -> bytes:
        await gate.wait()
        return await says(200)(request)

    async with host(slow, says(500), says(200)) as there:
        await put_team(nats_url, TeamSettings(team=DEFAULT_TEAM, allowed_hosts=(there.where,)))
        async with Bus(nats_url, "tests") as bus:
            world = World(bus)
            async with executing(nats_url, postgres_dsn, tasks_private_hosts=True, tasks_pause_s=60):
                await world.wait_for_executor()
                await world.push(asking(there.url(), retries=2))
                await world.happen(said("v1", "hello"))
                await eventually(lambda: len(there.asked) == 1)
                await world.happen(said("v2", "hello"))
                await eventually(lambda: len(there.asked) == 2)
                asyncio.get_running_loop().call_later(0.5, gate.set)
            left = await bus.read.since(TASK.name, "task.http_request.>", 1)
            assert len(left) == 1
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            for visitor in ("v1", "v2"):
                assert path((await world.sole_run(visitor)).events) == DONE
            assert len(there.asked) == 3


@asynccontextmanager
async def _process(nats_url: str, postgres_dsn: str) -> AsyncGenerator[Process]:
    """`frontdesk serve flow-executor`, ended with the block."""
    environ = {
        **os.environ,
        "FRONTDESK_NATS_URL": nats_url,
        "FRONTDESK_POSTGRES_DSN": postgres_dsn,
        "FRONTDESK_TASKS_PRIVATE_HOSTS": "true",
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.flow_executor", env=environ, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def _answer(world: World, subjects: list[str]) -> None:
    """What a worker tells."""
    for subject in subjects:
        _, _, run, seq = subject.split(".")
        body = f'{{"run": "{run}", "seq": {seq}, "ok": true, "status": 200, "value": {{}}}}'
        await world.bus.store(task_done(run, int(seq)), body.encode())  # pyright: ignore[reportArgumentType]


async def _nothing_left(world: World) -> None:
    """Return when nobody has anything in hand."""

    async def is_idle() -> bool:
        assert await world.unfinished() == 0
        assert await world.bus.read.since(TASK.name, "task.>", 1) == []
        return True

    await eventually(is_idle, within_s=10)
    assert await world.dead() == []
