"""`frontdesk team show` and `push`: the settings as they are, and as a file says."""

from pathlib import Path

import msgspec
from rich.text import Text

from contracts.flow import RejectedFlow
from contracts.requests import PushTeam, Request, TeamFound, TeamPushed
from contracts.team import Agent, TeamSettings
from services.chassis.bus import Bus, RequestRejected
from services.chassis.lifecycle import FAILED
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.flows import problems
from services.cli.flows.files import read
from services.cli.output import console, print_json, safe, table


def show(*, asking: Asking = DEFAULTS) -> None:
    """What the team has set. `--json` prints all of it, for an editor and `frontdesk team push`."""
    settings = asking.over_bus(lambda bus: found(bus, asking)).settings
    if asking.json:
        print_json(settings)
        return
    rows = table("SETTING", "VALUE")
    for name, value in _shown(settings):
        rows.add_row(name, Text(safe(value)))
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
        document = given.document()
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


def _shown(settings: TeamSettings) -> list[tuple[str, str]]:
    appearance = msgspec.structs.asdict(settings.appearance)
    return [
        ("team", settings.team),
        ("name", settings.name),
        ("robot_name", settings.robot_name),
        ("robot_avatar", settings.robot_avatar),
        *((f"appearance.{name}", str(value)) for name, value in appearance.items() if value is not None),
        ("allowed_origins", ", ".join(settings.allowed_origins)),
        ("api_key_hashes", f"{len(settings.api_key_hashes)} keys"),
        ("identity_secret", "***" if settings.identity_secret else ""),
        *((f"agents.{agent.id}", _described(agent)) for agent in settings.agents),
    ]


def _described(agent: Agent) -> str:
    return ", ".join(part for part in (agent.name, agent.email, *agent.groups) if part)
