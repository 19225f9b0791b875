"""Where commands find what runs: a flag, the environment, or what `frontdesk up` wrote into its data folder."""

import os
from pathlib import Path

import msgspec

from services.chassis.config import nats_address
from services.chassis.embedded.folder import DataFolder, write_private
from services.chassis.errors import Unreachable

DATA = Path(".frontdesk")
"""The data folder unless FRONTDESK_DATA or `--data` says otherwise."""
FILE = "addresses.json"
_POSTGRES = "FRONTDESK_POSTGRES_DSN=postgresql://user:password@host:port/database"


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """What `frontdesk up` runs, with the passwords: the file is for its owner alone."""

    nats: str
    postgres: str
    gateway: str
    console: str


def nats_url(flag: str | None = None) -> str:
    """The bus: the flag, FRONTDESK_NATS_URL, else that of the `up` in the data folder.

    Raises `BadConfig` when it is no address, and `Unreachable` when there is none.
    """
    url = (
        flag
        or os.environ.get("FRONTDESK_NATS_URL")
        or _running("FRONTDESK_NATS_URL=nats://user:password@host:port").nats
    )
    nats_address(url)
    return url


def postgres_dsn(flag: str | None = None) -> str:
    """The database, found as the bus is."""
    return flag or os.environ.get("FRONTDESK_POSTGRES_DSN") or _running(_POSTGRES).postgres


def console_url() -> str:
    """The console, found as the bus is."""
    return (
        os.environ.get("FRONTDESK_CONSOLE_URL") or _running("FRONTDESK_CONSOLE_URL=http://host:port").console
    )


def secret() -> str:
    """What signs tokens: FRONTDESK_SECRET, else the one in the data folder."""
    return os.environ.get("FRONTDESK_SECRET") or DataFolder(data_folder()).secret("frontdesk")


def data_folder() -> Path:
    """The data folder that is meant when no flag says so."""
    return Path(os.environ.get("FRONTDESK_DATA") or DATA)


def find(folder: Path) -> Addresses | None:
    """What the `up` of this folder wrote down; None when it never ran, or stopped in order."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Addresses)
    except (OSError, ValueError, RecursionError):
        return None


def write(folder: Path, addresses: Addresses) -> None:
    """Write down where everything is, with mode 0600."""
    write_private(folder / FILE, msgspec.json.encode(addresses).decode())


def forget(folder: Path) -> None:
    """Nothing runs here any more."""
    (folder / FILE).unlink(missing_ok=True)


def _running(otherwise: str) -> Addresses:
    """What the `up` of the data folder wrote down; `otherwise`: the setting that does without it."""
    folder = data_folder()
    addresses = find(folder)
    if addresses is None:
        raise Unreachable(
            f"no Frontdesk runs on {folder}; start one with `frontdesk up`, or say where it is:"
            f" FRONTDESK_DATA=folder, or {otherwise}"
        )
    return addresses
