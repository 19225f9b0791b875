"""The embedded servers: private, and back at their old address after anything."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.embedded import DataFolder, NatsServer, PostgresServer
from services.chassis.errors import Conflict
from tests.servers import Nats, Postgres
from tests.waiting import eventually_sync


def test_same_port_after_kill(nats_server: Nats) -> None:
    """A killed nats-server comes back where its clients look for it."""
    before = nats_server.url
    nats_server.kill()
    nats_server.start()
    assert nats_server.url == before


def test_leftover_nats_is_ended(tmp_path: Path) -> None:
    """A start ends the server that an earlier `up` left behind, and takes its place."""
    first, second = Nats(tmp_path), Nats(tmp_path)
    first.start()
    second.start()
    assert first.has_ended
    assert first.url == second.url
    second.stop()


def test_postgres_recovers(tmp_path: Path) -> None:
    """A Postgres that was killed starts again over its stale pid file, with its databases."""
    server = Postgres(tmp_path)
    server.start()
    server.create("kept")
    server.kill()
    server.start()
    server.create("copy", template="kept")
    server.stop()


def test_secrets_are_private(tmp_path: Path) -> None:
    """Nobody but the owner can read the folder, its secrets or the bus's password."""
    folder = DataFolder(tmp_path / "data")
    secret = folder.secret("frontdesk")
    NatsServer(folder).prepare()
    assert folder.secret("frontdesk") == secret
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in folder.path.rglob("*")}
    assert [path for path, mode in modes.items() if mode & 0o077] == []
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_one_up_per_folder(tmp_path: Path) -> None:
    """A second process cannot claim the folder, and is told who has it."""
    folder = DataFolder(tmp_path)
    folder.lock()
    with pytest.raises(Conflict, match=r"already runs on .* \(process \d+\)"):
        DataFolder(tmp_path).lock()
    folder.unlock()
    DataFolder(tmp_path).lock()


def test_long_path_has_short_socket(tmp_path: Path) -> None:
    """A data folder with a long path still gives a socket that the system can open, and keeps it."""
    folder = DataFolder(tmp_path / ("long" * 30))
    dsn = PostgresServer(folder).dsn
    assert len(dsn.partition("host=")[2]) < 90
    assert PostgresServer(DataFolder(folder.path)).dsn == dsn
    folder.sockets().rmdir()


def test_servers_die_with_their_parent(tmp_path: Path) -> None:
    """When whoever started them is killed with -9, the servers stop by themselves."""
    script = (
        "import os, sys; from pathlib import Path; from tests.servers import Nats, Postgres\n"
        "servers = [Nats(Path(sys.argv[1]) / 'n'), Postgres(Path(sys.argv[1]) / 'p')]\n"
        "[server.start() for server in servers]; print(*[server.pid for server in servers], flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2, done.stderr
    eventually_sync(lambda: not any(_runs(pid) for pid in pids))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
