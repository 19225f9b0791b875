"""Wrong usage, wrong settings, absent servers: one sentence with a way out, and the exit code that scripts expect."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.product import cli

BUS = {"FRONTDESK_NATS_URL": "nats://127.0.0.1:1"}
FREE = ("--gateway-port", "0", "--console-port", "0")
DATABASE = {"FRONTDESK_POSTGRES_DSN": "postgresql://x@127.0.0.1:1/x"}


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "says"),
    [
        (["flow"], {}, 2, "did you mean `frontdesk flows`?"),
        (["up", "--gateway-port", "many"], {}, 2, "--gateway-port"),
        (["up", "--gateway-port", "70000"], {}, 2, "70000 is no port"),
        (["serve", "nonsense"], {}, 2, "widget-gateway"),
        (["serve", "flow-executor"], BUS, 2, "FRONTDESK_POSTGRES_DSN is not set"),
        (
            ["serve", "flow-executor"],
            {**BUS, **DATABASE, "FRONTDESK_LOG": "xml"},
            2,
            "FRONTDESK_LOG 'xml' is wrong",
        ),
        (["serve", "flow-executor"], {**BUS, **DATABASE}, 3, "127.0.0.1:1"),
        (["migrate"], {}, 3, "frontdesk up"),
        (["migrate"], {**BUS, **DATABASE}, 3, "does not answer at 127.0.0.1:1"),
        (["migrate"], {**DATABASE, "FRONTDESK_NATS_URL": "nats://h:port"}, 2, "FRONTDESK_NATS_URL"),
        (["migrate"], {**DATABASE, "FRONTDESK_NATS_URL": "zzz"}, 2, "'zzz' is no address"),
        (["migrate"], {**BUS, **DATABASE, "FRONTDESK_REPLICAS": "0"}, 2, "FRONTDESK_REPLICAS '0' is wrong"),
        (["doctor"], {"FRONTDESK_NATS_URL": "http://x"}, 2, "'http://x' is no address"),
        (["up", "--nats", "zzz", *FREE], {}, 2, "'zzz' is no address"),
        (["up", *FREE], {"FRONTDESK_LOG": "xx"}, 2, "FRONTDESK_LOG 'xx' is wrong"),
        (["up", *FREE], {"FRONTDESK_SECRET": "short"}, 2, "FRONTDESK_SECRET is wrong: it has 5 characters"),
        (["up"], {"FRONTDESK_GATEWAY_PORT": "70000"}, 2, "FRONTDESK_GATEWAY_PORT 70000 is no port"),
        (["up", "--gateway-port", "4999", "--console-port", "4999"], {}, 2, "the same port 4999"),
        (["flows", "list"], {**BUS, "FRONTDESK_TEAM": "a b"}, 2, "FRONTDESK_TEAM 'a b'"),
        (["flows", "list", "--team", "a b"], BUS, 2, "--team 'a b'"),
        (["flows", "list"], {**BUS, "FRONTDESK_TEAM": ""}, 3, "127.0.0.1:1"),
        (
            ["up", "--nats", "zzz", "--gateway-port", "0"],
            {"FRONTDESK_TEAM": "", "FRONTDESK_CONSOLE_PORT": ""},
            2,
            "no address",
        ),
        (["flows", "list"], {"FRONTDESK_NATS_URL": "http://x"}, 2, "'http://x' is no address"),
        (["--nope"], {}, 2, "See `frontdesk --help`."),
        (["flows", "list", "--nope"], BUS, 2, "See `frontdesk flows list --help`."),
    ],
)
def test_one_sentence(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], code: int, says: str
) -> None:
    """The person reads one line that says what is wrong and what to do."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    environ |= {"FRONTDESK_DATA": str(tmp_path), **settings}
    done = subprocess.run(
        cli(*arguments), env=environ, capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_doctor_finds_nothing_running(tmp_path: Path) -> None:
    """Without a running system the doctor says so, and how to start one."""
    environ = {**os.environ, "FRONTDESK_DATA": str(tmp_path)}
    done = subprocess.run(cli("doctor"), env=environ, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 3
    assert "start one with `frontdesk up`" in done.stdout
    rows = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "FRONTDESK_NATS_URL=" in rows["NATS"]
    assert "FRONTDESK_POSTGRES_DSN=" in rows["Postgres"]
    assert "NATS" not in rows["Postgres"]
    assert "frontdesk doctor" not in done.stdout
