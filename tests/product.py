"""The whole product as a person starts it: `frontdesk up` with a data folder of its own, on free ports."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

STOP_S = 30.0
COMMAND_S = 20.0


class Ready(msgspec.Struct, frozen=True):
    """The line that `frontdesk up --json` prints."""

    ready: bool
    gateway: str
    console: str
    nats: str
    postgres: str


class Product:
    """One `frontdesk up`. `start()` may be called again after it ended: the data stays."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.addresses: Ready
        self.process: subprocess.Popen[bytes]
        self._stderr = data.with_suffix(".stderr")

    def start(self, *arguments: str) -> Ready:
        """Start everything, and return when all is ready."""
        command = [*cli("up"), "--json", "--data", str(self.data), *arguments]
        if "--gateway-port" not in arguments:
            command += ["--gateway-port", "0"]
        if "--console-port" not in arguments:
            command += ["--console-port", "0"]
        with self._stderr.open("ab") as stderr:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env=_environ())
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            # One line is all that it prints.
            line = stdout.readline()
        assert line, f"`frontdesk up` ended:\n{self.told}"
        self.addresses = msgspec.json.decode(line, type=Ready)
        return self.addresses

    @property
    def told(self) -> str:
        """What it told the person at its terminal."""
        return self._stderr.read_text()

    def stop(self) -> int:
        """Stop it as Ctrl-C does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """End `up` itself as a crash would."""
        self.process.kill()
        self.process.wait(STOP_S)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command against this product, whatever its exit code."""
        environ = {**_environ(), "FRONTDESK_DATA": str(self.data)}
        return subprocess.run(
            cli(*arguments), env=environ, capture_output=True, text=True, timeout=COMMAND_S, check=False
        )

    def pid(self, service: str) -> int:
        """The process id of a service, found by its command line as people find it; `nats`, `postgres` as well."""
        mark = {"nats": "nats-server --config", "postgres": "bin/postgres -D"}.get(
            service, f"serve {service}"
        )
        for child in psutil.Process(self.process.pid).children(recursive=True):
            # One that has just ended, a worker of Postgres for example, has no command line any more.
            with suppress(psutil.NoSuchProcess):
                if mark in " ".join(child.cmdline()):
                    return child.pid
        raise AssertionError(f"{service} does not run:\n{self.told}")

    def kill_service(self, service: str) -> int:
        """End a service as a crash would; the process id that it had."""
        pid = self.pid(service)
        os.kill(pid, signal.SIGKILL)
        return pid


def cli(*arguments: str) -> list[str]:
    """The command line `frontdesk …` of this checkout."""
    return [sys.executable, "-m", "services.cli", *arguments]


def _environ() -> dict[str, str]:
    """The environment without settings that would point elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
