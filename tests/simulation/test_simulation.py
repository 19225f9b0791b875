"""The promise, under hundreds of schedules; `python -m tests.simulation` explores thousands."""

import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import structlog

from tests.simulation.mutations import MUTATIONS
from tests.simulation.story import Story

pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).parents[2]
SEEDS = range(120)
WITHIN = 1000
"""Schedules in which a broken executor must be found out; without locks one in two hundred shows it."""
FOUND = {
    133: "a run spoke again before what it had said was published",
    193: "the same, through a timer",
    853: "what a batch told again went ahead of what its run had said before",
    1393: "the look after a power cut died, and the next one began too late to see what was lost",
    2022: "what was told late, after an outage of the bus, was lost in a power cut a moment later",
    2366: "visitors' events, stored before an executor was up again, hid what was lost",
    9846: "a run's last message outlived a power cut, and was taken to say that all before it had",
}
"""Seeds that failed once, and why. Their histories change with the executor's calls; the mutations stay."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of executors die here: their logs say nothing to anybody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def played(seed: int) -> Story:
    """The schedule, over."""
    story = Story(seed)
    story.play()
    return story


def test_the_promise_holds() -> None:
    """Whatever breaks, every event has its run, every effect is told once and in order, no run is stuck."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        story = played(seed)
        assert story.failures == [], f"python -m tests.simulation --seed {seed}"
        counts += story.fate.counts
    assert counts["kill"] > len(SEEDS)
    assert min(counts[what] for what in ("away", "lost", "stall", "power cut")) > 0


@pytest.mark.parametrize("seed", FOUND, ids=str)
def test_what_was_found_stays_mended(seed: int) -> None:
    """A schedule that failed once holds the promise now."""
    assert played(seed).failures == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_executor_is_found_out(name: str) -> None:
    """What the simulation could not find, it could not promise."""
    for seed in range(WITHIN):
        story = Story(seed, MUTATIONS[name])
        story.play()
        if story.failures:
            return
    pytest.fail(f"{name}: not found within {WITHIN} schedules")


def test_the_seed_is_all_there_is_to_it() -> None:
    """The same seed gives the same history, also in a process that hashes otherwise."""
    digests = {seed: played(seed).fate.digest for seed in (7, 27, 42, 2022)}
    assert digests == {seed: played(seed).fate.digest for seed in digests}
    assert len(set(digests.values())) == len(digests)
    for seed, salt in product(digests, ("1", "2")):
        told = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", str(seed)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.splitlines()[-1].endswith(digests[seed])
