"""A service's life, in a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.health import VARIABLE, ReadySocket

SERVICE = """
import asyncio, sys
from services.chassis import health
from services.chassis.config import ServiceConfig
from services.chassis.errors import Unreachable
from services.chassis.lifecycle import run

async def serve(config, stop):
    async with asyncio.TaskGroup() as tasks:
        health.ready()
        {body}

run("greeter", ServiceConfig, serve)
"""


async def started(tmp_path: Path, body: str) -> subprocess.Popen[bytes]:
    """A service that has said that it is ready."""
    ready = ReadySocket(tmp_path / "ready")
    environ = {**os.environ, VARIABLE: str(ready.path), "FRONTDESK_STOP_S": "0.3"}
    script = SERVICE.format(body=body)
    process = subprocess.Popen([sys.executable, "-c", script], env=environ, stderr=subprocess.PIPE)
    await ready.wait()
    ready.close()
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_in_order(tmp_path: Path, number: signal.Signals) -> None:
    """The service is told, finishes what it has in hand, and ends with 0."""
    process = await started(tmp_path, "await stop.wait(); print('finished', file=sys.stderr)")
    process.send_signal(number)
    _, said = process.communicate(timeout=5)
    assert (process.returncode, said) == (0, b"finished\n")


async def test_who_does_not_stop_is_cut_off(tmp_path: Path) -> None:
    """A service that does not stop within its deadline is cancelled, and the log says so."""
    process = await started(tmp_path, "await asyncio.Event().wait()")
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=5)
    assert b"service.stop_overdue" in said


async def test_an_absent_server_is_one_sentence(tmp_path: Path) -> None:
    """What was raised on purpose, also deep in task groups, is a sentence and an exit code."""
    process = await started(tmp_path, "raise Unreachable('NATS is away; start it')")
    _, said = process.communicate(timeout=5)
    assert (process.returncode, said) == (3, b"frontdesk: NATS is away; start it\n")


async def test_a_bug_is_logged_with_its_place(tmp_path: Path) -> None:
    """Anything else is a failure with a traceback in the log."""
    process = await started(tmp_path, "1 / 0")
    _, said = process.communicate(timeout=5)
    assert process.returncode == 1
    assert b"service.failed" in said
    assert b"ZeroDivisionError" in said


def test_logging_loads_nothing_that_draws() -> None:
    """What draws tables and tracebacks at a terminal is for commands: it is a sixth of a small service's start."""
    script = "import sys, services.presence.__main__; sys.exit('rich' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
