"""`frontdesk up` as a person meets it: it starts everything, keeps it running, and leaves nothing behind."""

import socket
import stat
import subprocess
from pathlib import Path

import asyncpg
import msgspec
import psutil
import pytest

from services.chassis.bus import Bus
from services.cli.doctor import Diagnosis
from services.cli.serve import SERVICES
from tests.product import Product, cli
from tests.servers import Nats
from tests.waiting import eventually, eventually_sync

pytestmark = pytest.mark.e2e


async def test_first_start(frontdesk_up: Product) -> None:
    """All that is promised on the ready line is there, private, and in order by the doctor's word."""
    addresses = frontdesk_up.addresses
    assert [frontdesk_up.pid(service) > 0 for service in (*SERVICES, "nats", "postgres")]
    connection = await asyncpg.connect(addresses.postgres)
    assert await connection.fetchval("show synchronous_commit") == "on"
    await connection.close()
    written = frontdesk_up.data / "addresses.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    done = frontdesk_up.run("doctor", "--json")
    diagnosis = msgspec.json.decode(done.stdout, type=Diagnosis)
    assert [check for check in diagnosis.checks if check.status != "ok"] == []
    assert done.returncode == 0
    assert addresses.console.count("/sign-in?token=") == 1


async def test_killed_parts_come_back(frontdesk_up: Product) -> None:
    """Whatever is killed with -9 is started again by itself, where the others look for it, and a person is told."""
    before = {name: frontdesk_up.kill_service(name) for name in ("nats", "postgres", "presence")}

    def is_back() -> bool:
        return all(f"{name} is back" in frontdesk_up.told for name in before)

    await eventually(is_back, within_s=30)
    assert all(frontdesk_up.pid(name) != pid for name, pid in before.items())
    async with Bus(frontdesk_up.addresses.nats, "tests") as bus:
        await eventually(lambda: bus.is_connected)

    def is_healthy() -> bool:
        return frontdesk_up.run("doctor").returncode == 0

    await eventually(is_healthy, within_s=30)


def test_stops_in_order_and_starts_again(frontdesk_up: Product) -> None:
    """Ctrl-C stops everything with exit code 0; the next start finds the same bus at the same address."""
    first = frontdesk_up.addresses
    children = psutil.Process(frontdesk_up.process.pid).children(recursive=True)
    assert frontdesk_up.stop() == 0
    assert [child for child in children if child.is_running()] == []
    assert not (frontdesk_up.data / "addresses.json").exists()
    assert "Traceback" not in frontdesk_up.told
    second = frontdesk_up.start()
    assert (second.nats, second.postgres) == (first.nats, first.postgres)
    assert second.console != first.console


def test_kill_leaves_nothing(frontdesk_up: Product) -> None:
    """When `up` itself is killed with -9 its processes go too, and the next start recovers."""
    children = psutil.Process(frontdesk_up.process.pid).children(recursive=True)
    frontdesk_up.kill()
    frontdesk_up.start()
    eventually_sync(lambda: not any(child.is_running() for child in children))
    assert frontdesk_up.run("doctor").returncode == 0


def test_given_servers_are_used(tmp_path: Path, nats_server: Nats, postgres_dsn: str) -> None:
    """With addresses of servers, `up` brings none of its own, and leaves those alone when it stops."""
    product = Product(tmp_path / "data")
    ready = product.start("--nats", nats_server.url, "--postgres", postgres_dsn)
    assert (ready.nats, ready.postgres) == (nats_server.url, postgres_dsn)
    for name in ("nats", "postgres"):
        with pytest.raises(AssertionError, match="does not run"):
            product.pid(name)
    assert product.run("doctor").returncode == 0
    assert product.stop() == 0
    assert not nats_server.has_ended


def test_second_up_is_refused(frontdesk_up: Product) -> None:
    """The folder of a running `up` is not taken by another one."""
    done = _up(frontdesk_up.data)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"already runs on {frontdesk_up.data} (process {frontdesk_up.process.pid})" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_taken_port_is_said(tmp_path: Path) -> None:
    """A port that another program has is named, with the flag that gives another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _up(tmp_path / "data", "--gateway-port", str(port))
    assert done.returncode == 2
    assert f"port {port} for the gateway is taken" in done.stderr
    assert "--gateway-port" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_dead_servers_are_said(tmp_path: Path) -> None:
    """Addresses where nobody answers end the start with one sentence and exit code 3."""
    for flag, address in (("--nats", "nats://127.0.0.1:1"), ("--postgres", "postgresql://x@127.0.0.1:1/x")):
        done = _up(tmp_path / "data", flag, address)
        assert done.returncode == 3
        assert "127.0.0.1:1" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def _up(data: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [*cli("up"), "--json", "--data", str(data), "--console-port", "0", *flags]
    if "--gateway-port" not in flags:
        command += ["--gateway-port", "0"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
