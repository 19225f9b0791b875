"""`frontdesk doctor`: is everything where it should be, and new enough; if not, what mends it."""

import asyncio
import stat
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from services.chassis.errors import BadConfig, FrontdeskError, Unreachable
from services.chassis.lifecycle import DONE, FAILED, UNREACHABLE
from services.cli import addresses, examination
from services.cli.output import console, print_json, table

Status = Literal["ok", "wrong", "unreachable"]

_MARKS = {"ok": "ok", "wrong": "WRONG", "unreachable": "DOWN"}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    status: Status
    detail: str
    """What was found; for everything but `ok` with the way out."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All that was looked at."""

    healthy: bool
    checks: list[Check]


def doctor(
    *,
    nats: Annotated[str | None, Parameter(env_var="FRONTDESK_NATS_URL")] = None,
    postgres: Annotated[str | None, Parameter(env_var="FRONTDESK_POSTGRES_DSN")] = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Check every address and version, and say what to mend. It changes nothing.

    It ends with 0 when all is well, 1 when something must be mended, 2 when an address is none, and 3 when something
    cannot be reached.

    Parameters
    ----------
    nats
        The bus to look at. Default: that of the running `frontdesk up`.
    postgres
        The database to look at. Default: that of the running `frontdesk up`.
    json
        One JSON document on stdout, and nothing else.
    """
    checks = asyncio.run(_examine(nats, postgres))
    if json:
        print_json(Diagnosis(healthy=all(check.status == "ok" for check in checks), checks=checks))
    else:
        _show(checks)
    found = {check.status for check in checks}
    sys.exit(UNREACHABLE if "unreachable" in found else FAILED if "wrong" in found else DONE)


async def _examine(nats: str | None, postgres: str | None) -> list[Check]:
    checks = [_data_folder()]
    checks.append(await _check("NATS", lambda: examination.nats(addresses.nats_url(nats))))
    if checks[-1].status != "unreachable":
        checks.append(await _check("streams", lambda: examination.streams(addresses.nats_url(nats))))
    checks.append(await _check("Postgres", lambda: examination.postgres(addresses.postgres_dsn(postgres))))
    if checks[-1].status != "unreachable":
        checks.append(
            await _check("migrations", lambda: examination.migrated(addresses.postgres_dsn(postgres)))
        )
    if checks[1].status == "ok":
        checks += [
            await _check(service, lambda s=service: examination.answers(addresses.nats_url(nats), s))
            for service in examination.ANSWERS
        ]
    known = addresses.find(addresses.data_folder())
    if known is not None:
        checks.append(await _check("widget-gateway", lambda: examination.http_answers(known.gateway)))
        checks.append(await _check("console", lambda: examination.http_answers(known.console)))
    return checks


async def _check(name: str, examine: Callable[[], Awaitable[str]]) -> Check:
    """The check of that name: what `examine` found, or what was wrong."""
    try:
        return Check(name=name, status="ok", detail=await examine())
    except BadConfig:
        # What is no address at all cannot be looked at.
        raise
    except Unreachable as exc:
        return Check(name=name, status="unreachable", detail=str(exc))
    except FrontdeskError as exc:
        return Check(name=name, status="wrong", detail=str(exc))


def _data_folder() -> Check:
    """Whether others can read what lies there."""
    folder = addresses.data_folder()
    if not folder.exists():
        return Check(
            name="data folder", status="ok", detail=f"{folder} is not there yet; `frontdesk up` makes it"
        )
    private = [folder, *folder.glob("*.secret"), folder / addresses.FILE, folder / "nats" / "nats.conf"]
    for path in private:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Check(
                name="data folder", status="wrong", detail=f"others can read {path}; run `chmod go= {path}`"
            )
    return Check(name="data folder", status="ok", detail=f"{folder.resolve()}, for you alone")


def _show(checks: list[Check]) -> None:
    rows = table("what", "is", "found")
    for check in checks:
        rows.add_row(check.name, _MARKS[check.status], check.detail)
    console().print(rows)
