"""Work outside, from a visitor's message to the run's end: each outcome, over real HTTP."""

import asyncio
import hmac
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256

import msgspec
import pytest

from contracts.chat import AgentsNotified
from contracts.ids import DEFAULT_TEAM, VisitorId
from contracts.requests import RunHistory, RunReplay, RunReplayed, RunsCancel, RunsCancelled
from contracts.run import Json, NodeCompleted
from contracts.streams import DEAD, TASK, TEAM
from contracts.subjects import task, visitor_event
from contracts.task import TaskDone
from contracts.team import TeamSettings, Webhook
from services.chassis.bus import Bus
from tests.flow_executor.harness import World, in_action, path, said
from tests.flow_executor.loopback import Answer, Host, Request, breaks_off, host, says
from tests.flow_executor.shapes import flow, reply
from tests.waiting import eventually

FAST = {"tasks_pause_s": 0.01}
NEAR = {**FAST, "tasks_private_hosts": True}


@asynccontextmanager
async def working(
    nats_url: str, postgres_dsn: str, *answers: Answer, allowed: str = "", **settings: object
) -> AsyncGenerator[tuple[World, Host]]:
    """An executor whose team allows the host that answers so, or `allowed` instead."""
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(host(*answers))
        await put_team(nats_url, TeamSettings(team=DEFAULT_TEAM, allowed_hosts=(allowed or there.where,)))
        world = await stack.enter_async_context(in_action(nats_url, postgres_dsn, **{**NEAR, **settings}))
        yield world, there


async def put_team(nats_url: str, settings: TeamSettings) -> None:
    """What the team has set, before anybody looks."""
    async with Bus(nats_url, "tests") as bus:
        await bus.keys.put(TEAM.name, settings.team, msgspec.json.encode(settings))


def asking(url: str, **config: object) -> dict[str, object]:
    """A flow that asks, and says how that went."""
    node = {
        "type": "http_request",
        "name": "ask",
        "url": url,
        "save_as": "var_answer",
        "retries": 0,
        **config,
        "next": {"SUCCESS": "yes", "FAILED": "no"},
    }
    return flow("message_sent", {"ask": node, "yes": reply("done"), "no": reply("failed")}, "asking")


def ended(history: RunHistory, node: str = "ask") -> tuple[str, dict[str, Json]]:
    """The node's outcome, and how its task ended."""
    done = next(e for e in history.events if isinstance(e, NodeCompleted) and e.node == node)
    facts = msgspec.convert(done.facts["task"], dict[str, Json])
    return done.outcome, {name: value for name, value in facts.items() if name not in {"at", "detail"}}


def _answer(history: RunHistory) -> Json:
    """What the variable was set to."""
    return next(e.sets for e in history.events if isinstance(e, NodeCompleted) and e.node == "ask")[
        "var_answer"
    ]


async def one_run(world: World, definition: dict[str, object], visitor: str = "v1") -> RunHistory:
    """The run of a visitor who writes once, when it is over."""
    await world.push(definition)
    await world.happen(said(visitor, "hello"))
    return await world.sole_run(visitor)


async def test_what_comes_back_is_a_variable_and_replays(nats_url: str, postgres_dsn: str) -> None:
    """The request is sent as the flow says, its JSON is recorded, and a replay needs no network."""
    async with working(nats_url, postgres_dsn, says(200, b'{"state": "shipped"}')) as (world, there):
        request = asking(
            there.url("/orders?q={{message_body}}"),
            method="POST",
            headers={"X-Shop": "{{message_body}}", "Authorization": "Bearer x"},
            body={"text": "{{message_body}}"},
        )
        history = await one_run(world, request)
        assert ended(history) == ("SUCCESS", {"ok": True, "status": 200})
        assert await world.texts("v1") == ["done"]
        assert _answer(history) == {"state": "shipped"}
        (asked,) = there.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/orders?q=hello", b'{"text":"hello"}')
        assert asked.headers["x-shop"] == "hello"
        assert asked.headers["host"] == there.where
        assert asked.headers["content-type"] == "application/json"
        assert asked.headers["idempotency-key"] == f"{history.run.run}.3.1"
        replay = RunReplay(run=history.run.run)
        assert (await world.bus.request("query.runs.replay", replay, RunReplayed)).equal
        assert len(there.asked) == 1
        assert await world.bus.read.since(TASK.name, "task.>", 1) == []


@pytest.mark.parametrize(
    ("answers", "retries", "ends"),
    [
        ([says(204)], 0, ("SUCCESS", {"ok": True, "status": 204}, 1)),
        ([says(302, location="http://127.0.0.1:1/")], 0, ("SUCCESS", {"ok": True, "status": 302}, 1)),
        ([says(404, b"no")], 2, ("FAILED", {"ok": False, "status": 404, "code": "http_status"}, 1)),
        ([says(500), says(200)], 1, ("SUCCESS", {"ok": True, "status": 200}, 2)),
        ([says(429, retry_after="0"), says(200)], 1, ("SUCCESS", {"ok": True, "status": 200}, 2)),
        ([says(503)], 2, ("FAILED", {"ok": False, "status": 503, "code": "http_status"}, 3)),
        ([breaks_off, says(200)], 1, ("SUCCESS", {"ok": True, "status": 200}, 2)),
        ([breaks_off], 1, ("FAILED", {"ok": False, "code": "no_answer"}, 2)),
    ],
)
async def test_each_outcome(
    nats_url: str,
    postgres_dsn: str,
    answers: list[Answer],
    retries: int,
    ends: tuple[str, dict[str, Json], int],
) -> None:
    """2xx and 3xx are successes, no redirect is followed; no answer, 429 and 5xx are tried again under the same key."""
    *outcome, count = ends
    async with working(nats_url, postgres_dsn, *answers) as (world, there):
        history = await one_run(world, asking(there.url("/a"), retries=retries))
        assert ended(history) == tuple(outcome)
        assert [request.path for request in there.asked] == ["/a"] * count
        assert len({request.headers["idempotency-key"] for request in there.asked}) == 1


async def test_retry_after_is_honoured(nats_url: str, postgres_dsn: str) -> None:
    """Who asks for a second gets it, although our own pause is shorter."""
    async with working(nats_url, postgres_dsn, says(429, retry_after="1"), says(200)) as (world, there):
        times: list[float] = []
        there.answers = [_timed(answer, times) for answer in there.answers]
        await one_run(world, asking(there.url(), retries=1))
        assert 1.0 <= times[1] - times[0] < 3.0


async def test_a_long_answer_is_cut(nats_url: str, postgres_dsn: str) -> None:
    """What is longer than 64 KiB is read no further, and kept as the text that it is so far."""
    async with working(nats_url, postgres_dsn, says(200, b'"' + b"x" * 10_000_000)) as (world, there):
        history = await one_run(world, asking(there.url()))
        assert _answer(history) == '"' + "x" * (64 * 1024 - 1)


async def test_a_host_that_hangs_is_left(nats_url: str, postgres_dsn: str) -> None:
    """An attempt ends at its timeout, whatever dribbles in."""
    async with working(nats_url, postgres_dsn, _hangs) as (world, there):
        history = await one_run(world, asking(there.url(), timeout_s=1))
        assert ended(history) == ("FAILED", {"ok": False, "code": "no_answer"})


@pytest.mark.parametrize(
    ("allowed", "config", "code"),
    [
        ("other.example", {}, "host_not_allowed"),
        ("127.0.0.1", {}, "host_not_allowed"),
        ("", {"settings": {"tasks_private_hosts": False}}, "private_address"),
        ("", {"node": {"headers": {"Host": "inside.example"}}}, "bad_header"),
        ("", {"node": {"headers": {"idempotency-key": "mine"}}}, "bad_header"),
    ],
)
async def test_what_may_not_be_asked(
    nats_url: str,
    postgres_dsn: str,
    allowed: str,
    config: dict[str, dict[str, object]],
    code: str,
) -> None:
    """A refusal fails the node with its code, at once, and nobody is asked."""
    settings = config.get("settings", {})
    async with working(nats_url, postgres_dsn, allowed=allowed, **settings) as (world, there):
        history = await one_run(world, asking(there.url(), retries=5, **config.get("node", {})))
        assert ended(history) == ("FAILED", {"ok": False, "code": code})
        assert there.asked == []


async def test_many_at_once_and_no_more(nats_url: str, postgres_dsn: str) -> None:
    """Tasks are done side by side up to the bound, and a host that is slow holds up no other kind."""
    gate = asyncio.Event()

    async def slow(_: Request) -> bytes:
        await gate.wait()
        return await says(200)(_)

    async with working(nats_url, postgres_dsn, slow, tasks_at_once=4) as (world, there):
        await world.push(asking(there.url()))
        await world.happen(*(said(f"v{number}", "hello") for number in range(10)))
        await eventually(lambda: there.most_at_once == 4)
        notifying = {"type": "notify_agents", "name": "n", "text": "look", "next": {"SUCCESS": "end"}}
        await one_run(world, flow("message_sent", {"tell": notifying}, "telling"), "w1")
        assert len(there.asked) == 4
        gate.set()
        await eventually(lambda: _all_completed(world, 11), within_s=10)
        assert there.most_at_once == 4


async def test_a_cancelled_run_is_not_worked_for(nats_url: str, postgres_dsn: str) -> None:
    """Between two attempts the worker looks whether anybody still waits."""
    async with working(nats_url, postgres_dsn, says(500), tasks_pause_s=1.0) as (world, there):
        await world.push(asking(there.url(), retries=5))
        await world.happen(said("v1", "hello"))
        await eventually(lambda: there.asked)
        run = (await world.sole_run("v1", "waiting")).run.run
        await world.bus.request("query.runs.cancel", RunsCancel(run=run, reason="x"), RunsCancelled)
        await eventually(lambda: _is_idle(world), within_s=10)
        assert len(there.asked) == 1


async def test_people_are_told_in_the_console_and_by_webhook(nats_url: str, postgres_dsn: str) -> None:
    """The console by an event of the conversation, receivers by POST, signed; who was told is not told again."""
    async with host(says(200, b"ok")) as good, host(says(500), says(200)) as shaky:
        settings = TeamSettings(
            team=DEFAULT_TEAM,
            allowed_hosts=(good.where, shaky.where),
            webhooks=(Webhook(url=good.url("/a"), secret="s3cret"), Webhook(url=shaky.url(), format="slack")),
        )
        await put_team(nats_url, settings)
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            history = await one_run(world, _notifying("{{message_body}} waits"))
            assert ended(history, "tell") == ("SUCCESS", {"ok": True})
            (event,) = [e for e in await world.chat("v1") if isinstance(e, AgentsNotified)]
            assert (event.text, event.run) == ("hello waits", history.run.run)
            await eventually(lambda: _is_idle(world))
            assert await world.dead() == []
        assert (len(good.asked), len(shaky.asked)) == (1, 2)
        (signed,) = good.asked
        assert msgspec.json.decode(signed.body, type=AgentsNotified) == event
        stamp, digest = (part.split("=")[1] for part in signed.headers["frontdesk-signature"].split(","))
        assert digest == hmac.new(b"s3cret", f"{stamp}.".encode() + signed.body, sha256).hexdigest()
        assert signed.headers["idempotency-key"] == event.id
        assert shaky.asked[1].body == b'{"text":"hello waits"}'
        assert "frontdesk-signature" not in shaky.asked[1].headers


async def test_a_webhook_that_refuses_fails_the_node(nats_url: str, postgres_dsn: str) -> None:
    """Its sentence says how many, and never quotes the address, which may hold a key."""
    async with host(says(200, b'{"errcode": 310000}')) as there:
        webhook = Webhook(url=there.url("/robot?access_token=k3y"), format="dingtalk")
        other = Webhook(url="https://not.allowed.example/k3y")
        await put_team(
            nats_url,
            TeamSettings(team=DEFAULT_TEAM, allowed_hosts=(there.where,), webhooks=(webhook, other)),
        )
        async with in_action(nats_url, postgres_dsn, **NEAR) as world:
            await world.push(_notifying("look"))
            await world.happen(said("v1", "hello"))
            history = await world.sole_run("v1", "failed")
            assert (history.run.error or "").startswith("webhook_refused: 2 of 2 webhooks failed")
            assert "k3y" not in str(history)
            assert len([e for e in await world.chat("v1") if isinstance(e, AgentsNotified)]) == 1


async def test_a_task_that_nobody_can_read_is_buried(nats_url: str, postgres_dsn: str) -> None:
    """It goes to DEAD with the reason, and its run, if there is one, hears that it failed."""
    async with working(nats_url, postgres_dsn, _hangs) as (world, there):
        await world.push(asking(there.url(), timeout_s=30))
        await world.happen(said("v1", "hello"))
        await eventually(lambda: there.asked)
        run = (await world.sole_run("v1", "waiting")).run.run
        await world.bus.store(task("send_email", run, 3), b'{"type": "send_email"')
        await world.bus.store("task.send_email.nobody.1", b"{}")
        history = await world.sole_run("v1")
        assert ended(history) == ("FAILED", {"ok": False, "code": "undecodable"})
        letters = await world.bus.read.since(DEAD.name, "dead.TASK", 1)
        assert [letter.headers["Frontdesk-Reason"] for letter in letters] == ["undecodable", "undecodable"]


async def test_the_answer_of_somebody_else_changes_nothing(nats_url: str, postgres_dsn: str) -> None:
    """An answer to a task that nobody asked for, or that was answered before, is read and ignored."""
    async with working(nats_url, postgres_dsn) as (world, there):
        history = await one_run(world, asking(there.url()))
        run = history.run.run
        for seq in (1, 3, 99):
            late = TaskDone(run=run, seq=seq, ok=False, code="late", detail="x")
            await world.bus.store(f"task.done.{run}.{seq}", msgspec.json.encode(late))
        again = said("v1", "hello")
        subject = visitor_event(DEFAULT_TEAM, VisitorId("v1"), "message_sent")
        await world.bus.store(subject, msgspec.json.encode(again))
        await eventually(lambda: _is_idle(world), within_s=10)
        assert path((await world.sole_run("v1")).events) == path(history.events)
        assert len(there.asked) == 1


def _notifying(text: str) -> dict[str, object]:
    node = {"type": "notify_agents", "name": "tell", "text": text, "next": {"SUCCESS": "end"}}
    return flow("message_sent", {"tell": node}, "telling")


def _timed(answer: Answer, times: list[float]) -> Answer:
    async def timed(request: Request) -> bytes:
        times.append(asyncio.get_running_loop().time())
        return await answer(request)

    return timed


async def _hangs(_: Request) -> bytes:
    await asyncio.Event().wait()
    return b""


async def _all_completed(world: World, count: int) -> bool:
    assert [run.status for run in await world.runs()] == ["completed"] * count
    return True


async def _is_idle(world: World) -> bool:
    return await world.unfinished() == 0
