"""The supervisor, with small programs of its own."""

import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services.chassis.embedded import Launch
from services.chassis.errors import BadConfig, Permanent
from services.chassis.supervisor import Program, Supervisor
from tests.waiting import eventually

READY = (
    "import os, signal, socket, sys, time\n"
    "from services.chassis import health\n"
    "open(sys.argv[1], 'a').write(f'{os.getpid()} start\\n')\n"
    "def stop(*_):\n"
    "    open(sys.argv[1], 'a').write(f'{os.getpid()} stop\\n'); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, stop)\n"
    "health.ready()\n"
    "signal.pause()\n"
)


def program(name: str, script: str, *arguments: str) -> Program:
    """A Python script as a program."""
    return Program(name, Launch([sys.executable, "-c", script, *arguments], dict(os.environ)), stop_s=5)


async def test_starts_again_after_kill(tmp_path: Path) -> None:
    """A killed program is started again, and a person is told."""
    log, said = tmp_path / "log", list[str]()
    async with Supervisor(tmp_path, tmp_path, said.append) as supervisor:
        await supervisor.start([program("worker", READY, str(log))])
        os.kill(int(log.read_text().split()[0]), signal.SIGKILL)
        await eventually(lambda: "worker is back" in said)
        assert log.read_text().count("start") == 2
    assert said == ["worker was killed by SIGKILL; starting it again", "worker is back"]


async def test_starts_again_what_runs_on_in_vain(tmp_path: Path) -> None:
    """A program whose log says that it cannot go on is stopped and started again, once that helps."""
    log, said, room = tmp_path / "log", list[str](), list[bool]()
    script = READY.replace("signal.pause()", "print('the disk is full', flush=True)\nsignal.pause()")

    def ails(line: str) -> bool:
        return line == "the disk is full" and log.read_text().count("start") == 1

    ailing = replace(
        program("worker", script, str(log)),
        ails=ails,
        is_curable=lambda: bool(room),
    )
    async with Supervisor(tmp_path, tmp_path, said.append) as supervisor:
        await supervisor.start([ailing])
        await eventually(lambda: said != [])
        assert log.read_text().count("start") == 1
        room.append(True)
        await eventually(lambda: "worker is back" in said)
        assert log.read_text().count("stop") == 1
    assert said == [
        "worker cannot go on; it is started again as soon as that helps",
        "worker ended with exit code 0; starting it again",
        "worker is back",
    ]


async def test_stops_in_reverse_order(tmp_path: Path) -> None:
    """What was started last stops first, each by itself."""
    log = tmp_path / "log"
    async with Supervisor(tmp_path, tmp_path, print) as supervisor:
        await supervisor.start([program("first", READY, str(log))])
        await supervisor.start([program("second", READY, str(log))])
    first, second = re.findall(r"(\d+) start", log.read_text())
    assert re.findall(r"(\d+) stop", log.read_text()) == [second, first]


async def test_waits_for_the_word(tmp_path: Path) -> None:
    """A program that was loaded early begins only when it is told to."""
    log = tmp_path / "log"
    waiting = Program(
        "worker",
        Launch([sys.executable, "-c", f"input()\n{READY}", str(log)], dict(os.environ)),
        waits_for_word=True,
    )
    async with Supervisor(tmp_path, tmp_path, print) as supervisor:
        loaded = await supervisor.load([waiting])
        await supervisor.start([program("server", READY, str(tmp_path / "server"))])
        assert not log.exists()
        await supervisor.begin(loaded)
        assert log.read_text().count("start") == 1
    assert "stop" in log.read_text()


async def test_first_failure_is_told_in_its_words(tmp_path: Path) -> None:
    """A program that cannot start ends the start, with its last words and its kind of failure."""
    script = "import sys; sys.exit('frontdesk: port 80 is taken')"
    with pytest.raises(Permanent, match=r"^gateway could not start: port 80 is taken$"):
        async with Supervisor(tmp_path, tmp_path, print) as supervisor:
            await supervisor.start([program("gateway", script)])
    script = "import sys; print('frontdesk: FRONTDESK_SECRET is not set', file=sys.stderr); sys.exit(2)"
    with pytest.raises(BadConfig, match="FRONTDESK_SECRET is not set"):
        async with Supervisor(tmp_path, tmp_path, print) as supervisor:
            await supervisor.start([program("gateway", script)])


async def test_failure_leaves_nothing_running(tmp_path: Path) -> None:
    """When one program of a start fails, those that run already are stopped."""
    log = tmp_path / "log"
    async with Supervisor(tmp_path, tmp_path, print) as supervisor:
        await supervisor.start([program("good", READY, str(log))])
        with pytest.raises(Permanent):
            await supervisor.start([program("bad", "raise SystemExit(1)")])
    assert "stop" in log.read_text()


async def test_only_the_reason_is_quoted(tmp_path: Path) -> None:
    """A program that gave up is told with its last words, one that was killed without."""
    said = list[str]()
    dying = READY.replace("signal.pause()", "signal.sigwait({signal.SIGUSR1}); sys.exit('no more ink')")
    dying = dying.replace(
        "health.ready()", "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})\nhealth.ready()"
    )
    killed = READY.replace("health.ready()", "print('a line of long ago', flush=True)\nhealth.ready()")
    async with Supervisor(tmp_path, tmp_path, said.append) as supervisor:
        await supervisor.start([program("printer", dying, str(tmp_path / "a"))])
        await supervisor.start([program("worker", killed, str(tmp_path / "b"))])
        await eventually(lambda: "long ago" in (tmp_path / "worker.log").read_text())
        os.kill(int((tmp_path / "a").read_text().split()[0]), signal.SIGUSR1)
        os.kill(int((tmp_path / "b").read_text().split()[0]), signal.SIGKILL)
        await eventually(lambda: {"worker is back", "printer is back"} <= {*said})
    assert "worker was killed by SIGKILL; starting it again" in said
    assert "printer ended with exit code 1 (no more ink); starting it again" in said


async def test_warnings_are_shown(tmp_path: Path) -> None:
    """A program's warnings reach the person; the rest is in its log only."""
    lines = '{"level": "info", "event": "quiet"}\n{"level": "warning", "event": "bus.away", "attempt": 2}\n'
    said = list[str]()
    script = READY.replace(
        "health.ready()", f"sys.stderr.write({lines!r}); sys.stderr.flush()\nhealth.ready()"
    )
    async with Supervisor(tmp_path, tmp_path, said.append) as supervisor:
        await supervisor.start([program("worker", script, str(tmp_path / "log"))])
        await eventually(lambda: said)
    assert said == ["worker: bus.away attempt=2"]
    assert "quiet" in (tmp_path / "worker.log").read_text()
