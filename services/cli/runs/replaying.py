"""`frontdesk runs replay`: decide recorded runs again, as they were or with something changed. Nothing is sent."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contracts.flow import FlowDefinition
from contracts.ids import RunId
from contracts.requests import RunHistory, RunReplay, RunReplayed, RunRequest
from contracts.run import Json as JsonValue
from services.chassis.bus import Bus
from services.chassis.errors import BadConfig
from services.chassis.lifecycle import FAILED
from services.cli.asking import DEFAULTS, PATIENCE_S, WORK_S, Asking, asker
from services.cli.flows import problems
from services.cli.flows.checking import examined_file
from services.cli.flows.files import read
from services.cli.output import console, print_json
from services.cli.runs import comparison
from services.cli.runs.exported import read_exported, replay_exported
from services.cli.runs.facts import changed_facts


class Replays(msgspec.Struct, frozen=True):
    """What `replay --json` prints for several runs; for one it is the replay itself."""

    replays: list[RunReplayed]


Replayed = tuple[RunHistory, RunReplayed]


def replay(
    *runs: RunId,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="", show_default=False)] = (),
    flow_file: Path | None = None,
    file: Path | None = None,
    asking: Asking = DEFAULTS,
) -> None:
    """Decide runs again from what they recorded, and compare. Nothing is sent.

    It fails when a run comes out differently, unless --set or --flow-file asked for that.

    Parameters
    ----------
    runs
        Their ids, as `frontdesk runs list` shows them.
    set_
        FACT=VALUE: what would have been? agents_online=agent-1, agents_online= (nobody), assigned, team_agents, now=…,
        locale=de, choice=Sales, prediction=null; what the team had set, such as groups.sales=a1 or
        time_zone=Asia/Shanghai (null: it had none); or a variable.
    flow_file
        Decide by this flow instead of the version that ran.
    file
        A run that `frontdesk runs export` wrote; needs no server.
    """
    if bool(runs) == bool(file):
        raise BadConfig("say what to replay: the ids of runs, or --file with an exported one")
    facts = changed_facts(set_)
    definition = None if flow_file is None else _definition(flow_file)
    if file is not None:
        exported = read_exported(file)
        replayed = [replay_exported(exported, facts, definition)]
    else:
        replayed = _asked(runs, facts, definition, asking)
    is_what_if = bool(facts) or definition is not None
    if asking.json:
        found = [reply for _, reply in replayed]
        print_json(found[0] if len(found) == 1 else Replays(found))
    else:
        for history, reply in replayed:
            comparison.show(console(), history, reply, facts if is_what_if else None)
    if any(reply.missing or not (reply.equal or is_what_if) for _, reply in replayed):
        sys.exit(FAILED)


def _asked(
    runs: Sequence[RunId], facts: Mapping[str, JsonValue], definition: FlowDefinition | None, asking: Asking
) -> list[Replayed]:
    settings = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in facts.items()}
    draft = msgspec.UNSET if definition is None else msgspec.Raw(msgspec.json.encode(definition))

    async def ask_all(bus: Bus) -> list[Replayed]:
        found: list[Replayed] = []
        for run in runs:
            of_run = RunRequest(team=asking.team, by=asker(), run=run)
            history = await bus.request("query.runs.events", of_run, RunHistory, timeout_s=PATIENCE_S)
            request = RunReplay(team=asking.team, by=asker(), run=run, set=settings, definition=draft)
            found.append(
                (history, await bus.request("query.runs.replay", request, RunReplayed, timeout_s=WORK_S))
            )
        return found

    return asking.over_bus(ask_all)


def _definition(path: Path) -> FlowDefinition:
    """The flow in the file; ends the command with all its problems when it is wrong."""
    file = read(path)
    definition, found = examined_file(file)
    if definition is None:
        problems.show(console(sys.stderr), file.name, found)
        sys.exit(FAILED)
    return definition
