"""Real servers for tests: nats-server and Postgres from the wheels, each in a folder of its own."""

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from services.chassis.embedded import DataFolder, Launch, NatsServer, PostgresServer
from services.chassis.embedded.postgres_server import USER, program
from tests.waiting import eventually_sync

READY_S = 15.0


class Embedded(Protocol):
    """What both servers offer."""

    name: str

    def prepare(self) -> None:
        """See `NatsServer`."""
        ...

    def launch(self) -> Launch:
        """See `NatsServer`."""
        ...

    def is_ready(self) -> bool:
        """See `NatsServer`."""
        ...


class Server:
    """A server that a test may kill, freeze and start again; its address and its data stay."""

    def __init__(self, folder: DataFolder, embedded: Embedded) -> None:
        self._log = folder.logs / f"{embedded.name}.log"
        self._embedded = embedded
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running().pid

    @property
    def has_ended(self) -> bool:
        """Whether the process that `start` made is gone."""
        return self._running().poll() is not None

    def start(self) -> None:
        """Run it, and return when it is ready."""
        self._launch()
        eventually_sync(self._is_ready, READY_S)

    def _launch(self) -> None:
        self._embedded.prepare()
        launch = self._embedded.launch()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                launch.argv,
                env={**os.environ, **launch.environ},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=launch.before_exec(),
            )

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; nothing happens when it does not run."""
        if self._process is not None:
            self._end(self._embedded.launch().stop_signal)

    def discard(self) -> None:
        """End it at once, if it runs: nobody needs its data any more."""
        if self._process is not None:
            self.kill()

    def freeze(self) -> None:
        """Let it hang (SIGSTOP) until `thaw`; it does when this returns."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is None:
            return self._embedded.is_ready()
        told = self._log.read_text()[-2000:]
        # The children of a Postgres that was killed take a moment to notice; `up` tries again too.
        assert "is still in use" in told, f"ended at its start:\n{told}"
        self._launch()
        return False

    def _end(self, how: signal.Signals) -> None:
        process = self._running()
        process.send_signal(how)
        process.wait(READY_S)
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the server was not started"
        return self._process


class Nats(Server):
    """A nats-server with JetStream."""

    def __init__(self, path: Path) -> None:
        folder = DataFolder(path)
        nats = NatsServer(folder)
        super().__init__(folder, nats)
        self.url = nats.url


class Postgres(Server):
    """A Postgres whose databases are made from templates in milliseconds; only a durable one is to be killed."""

    def __init__(self, path: Path, *, is_durable: bool = False) -> None:
        folder = DataFolder(path)
        postgres = PostgresServer(folder, is_durable=is_durable)
        super().__init__(folder, postgres)
        self._dsn = postgres.dsn
        self._host = unquote(postgres.dsn.rpartition("host=")[2])

    @property
    def socket(self) -> Path:
        """The Unix socket that it listens on."""
        return Path(self._host) / ".s.PGSQL.5432"

    def dsn(self, database: str) -> str:
        """Where clients find that database."""
        return self._dsn.replace("@/postgres?", f"@/{database}?")

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database, a copy of `template`, to which nobody may be connected."""
        self._run("createdb", "--strategy=file_copy", f"--template={template}", database)

    def drop(self, database: str) -> None:
        """Take a database away, whoever is connected to it."""
        self._run("dropdb", "--force", database)

    def _run(self, tool: str, *arguments: str) -> None:
        command = [str(program(tool)), "--host", self._host, "--username", USER, *arguments]
        subprocess.run(command, check=True, timeout=READY_S, env={"LC_ALL": "C", "PGDATABASE": "postgres"})


@contextmanager
def running(server: Server) -> Generator[Server]:
    """Start the server, and stop it at the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()
