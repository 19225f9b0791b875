"""`frontdesk team show` and `push`: the settings as they are, and as a file says."""

from pathlib import Path

import msgspec
from rich.text import Text

from contracts.flow import RejectedFlow
from contracts.requests import PushTeam, Request, TeamFound, TeamPushed
from contracts.team import MAX_BYTES, TeamSettings
from services.chassis.bus import Bus, RequestRejected
from services.chassis.errors import BadConfig
from services.chassis.lifecycle import FAILED
from services.cli.asking import DEFAULTS, Asking, Flag, asker
from services.cli.flows import problems
from services.cli.flows.files import read
from services.cli.output import console, print_document, print_json, safe, table
from services.cli.team.described import described
from services.cli.team.toml import to_toml


def show(*, toml: Flag = False, asking: Asking = DEFAULTS) -> None:
    """What the team has set. `--toml` prints a file, and `--json` a document, for `frontdesk team push`.

    Parameters
    ----------
    toml
        All of it as TOML, secrets too; pushed, it changes nothing.
    """
    if toml and asking.json:
        raise BadConfig("--toml and --json are two forms of the same; say one of them")
    settings = asking.over_bus(lambda bus: found(bus, asking)).settings
    if asking.json:
        print_json(settings)
        return
    if toml:
        print_document(to_toml(settings))
        return
    rows = table("SETTING", "VALUE")
    for name, value in described(settings):
        rows.add_row(safe(name), Text(safe(value)))
    console().print(rows)


def push(file: Path, /, *, expect_revision: int | None = None, asking: Asking = DEFAULTS) -> int | None:
    """Replace the team's settings by those of a file (JSON or TOML), or make the team.

    Parameters
    ----------
    expect_revision
        Refuse unless this is the settings' revision; 0: the team is new.
    """
    given = read(file)
    try:
        document = given.document(MAX_BYTES)
    except RejectedFlow as exc:
        problems.show(console(), given.name, exc.problems, "settings")
        return FAILED
    request = PushTeam(
        team=asking.team,
        by=asker(),
        settings=msgspec.Raw(msgspec.json.encode(document)),
        expect_revision=expect_revision,
    )
    try:
        pushed = asking.ask("contracts.team.push", request, TeamPushed)
    except RequestRejected as exc:
        if asking.json or not exc.error.problems:
            raise
        problems.show(console(), given.name, exc.error.problems, "settings")
        return FAILED
    if asking.json:
        print_json(pushed)
    else:
        console().print(f"team {pushed.team} has these settings now (revision {pushed.revision})")
        problems.show_each(console(), pushed.warnings, "settings")
    return None


async def found(bus: Bus, asking: Asking) -> TeamFound:
    """The team's settings and their revision."""
    return await bus.request("contracts.team.get", Request(team=asking.team, by=asker()), TeamFound)


async def replace(bus: Bus, asking: Asking, settings: TeamSettings, revision: int) -> TeamPushed:
    """Push changed settings, unless somebody else did meanwhile."""
    request = PushTeam(
        team=asking.team,
        by=asker(),
        settings=msgspec.Raw(msgspec.json.encode(settings)),
        expect_revision=revision,
    )
    return await bus.request("contracts.team.push", request, TeamPushed)
