"""`frontdesk bench replay`: recorded runs decided again per second, by one core and without any server.

What is decided again are the histories of `tests/replay`, the tutorial's among them.
"""

import time
from pathlib import Path

import msgspec

from services.flow_executor.engine.graph import compile_flow
from services.flow_executor.engine.replay import redecide
from tests.bench.ground import Figure, Machine, machine
from tests.replay.test_histories import History

HISTORIES = Path(__file__).parents[1] / "replay"
TUTORIAL = "tutorial"
_SECONDS = 1.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Runs per second and core."""

    machine: Machine
    tutorial: Figure
    all_histories: Figure
    """Each history as often as every other one."""


async def measure(rounds: int = 5) -> Result:
    """Rounds of a second each, after one that does not count."""
    runs = {
        path.stem: msgspec.json.decode(path.read_bytes(), type=History)
        for path in sorted(HISTORIES.glob("*.json"))
    }
    return Result(
        machine=machine(),
        tutorial=_figure([runs[TUTORIAL]], rounds),
        all_histories=_figure(list(runs.values()), rounds),
    )


def _figure(runs: list[History], rounds: int) -> Figure:
    work = [(compile_flow(run.definition, run.version), run.events) for run in runs]
    readings: list[float] = []
    for turn in range(rounds + 1):
        done, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < _SECONDS:
            for flow, events in work:
                assert redecide(flow, events).equal
            done += len(work)
        if turn:
            readings.append(done / (time.perf_counter() - begin))
    return Figure.of(readings)
