"""Counters for alerts, as Prometheus reads them."""

import httpx

from contracts import dead, subjects
from contracts.subjects import visitor_event
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.embedded.nats_server import free_port
from services.chassis.metrics import Counter
from tests.flow_executor.harness import TEAM, in_action, opened, said
from tests.flow_executor.shapes import flow, shipped
from tests.waiting import eventually

ASK = {"type": "http_request", "name": "ask", "url": "https://x.example", "next": {"SUCCESS": "end"}}
BROKEN = flow("message_sent", {"ask": ASK}, "broken")


FAILED = 'frontdesk_runs_failed_total{code="host_not_allowed",flow="broken",team="default"}'


async def scraped(port: int) -> dict[str, float]:
    """Every sample by its name and labels."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_ends_and_dead_letters_are_counted(nats_url: str, postgres_dsn: str) -> None:
    """Each run by how it ended and a failed one by why; each dead letter by its stream and reason; repeats not."""
    port = free_port()
    async with in_action(nats_url, postgres_dsn, metrics_port=port) as world:
        before = await scraped(port)
        await world.push(shipped("agents-offline-message"))
        await world.push(BROKEN)
        await world.happen(opened("v1"), opened("v2"), said("w1", "hello"))
        await world.sole_run("w1", "failed")
        for visitor in ("v1", "v2"):
            await world.sole_run(visitor)
        again = opened("v1")
        await world.happen(again)
        await world.bus.store(visitor_event(TEAM, again.visitor, "widget_opened"), b"nonsense")
        await eventually(world.dead)
        # As another service does, which nobody scrapes.
        headers = {dead.REASON: "undecodable", MESSAGE_ID: "conversations-chat.7"}
        for _ in range(2):
            await world.bus.store(subjects.dead("CHAT"), b"nonsense", headers)

        async def counted() -> bool:
            after = await scraped(port)
            grown = {name: value - before.get(name, 0) for name, value in after.items()}
            assert grown['frontdesk_runs_total{status="completed"}'] == 2
            assert grown['frontdesk_runs_total{status="failed"}'] == 1
            assert grown[FAILED] == 1
            assert grown['frontdesk_dead_letters_total{reason="undecodable",stream="VISITOR"}'] == 1
            assert grown['frontdesk_dead_letters_total{reason="undecodable",stream="CHAT"}'] == 1
            return True

        await eventually(counted)
        assert before["process_resident_memory_bytes"] > 0


def test_counting_is_one_addition() -> None:
    """A counter is a dict: no lock and no library on the hot path."""
    counter = Counter("tests_total", "Of the tests.", "kind")
    for kind in ("a", "b", "a"):
        counter.add(kind)
    assert counter.counts() == {("a",): 2, ("b",): 1}
