"""`frontdesk flows push`: send flow files to the executor, or to the durable topic when nobody waits."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contracts.errors import Error
from contracts.flow import RejectedFlow
from contracts.requests import FlowPushed, PushFlow
from contracts.subjects import submission
from services.chassis.bus import Bus, RequestRejected
from services.chassis.errors import BadConfig
from services.chassis.lifecycle import FAILED
from services.cli.asking import DEFAULTS, WORK_S, Asking, Flag, asker
from services.cli.flows import problems
from services.cli.flows.files import FlowFile, read_all
from services.cli.output import console, print_json, safe


class Refused(msgspec.Struct, frozen=True):
    """A file that was not taken, and why."""

    file: str
    error: Error


class Submitted(msgspec.Struct, frozen=True):
    """A file that is stored on the durable topic; its verdict follows in stream FLOW with this `submission`."""

    file: str
    submission: int


class PushReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `push --json` prints."""

    flows: list[FlowPushed] = []
    submitted: list[Submitted] = []
    refused: list[Refused] = []


def push(
    *files: Path,
    activate: Flag = False,
    no_wait: Annotated[bool, Parameter(name="--no-wait", negative="", show_default=False)] = False,
    expect_version: int | None = None,
    asking: Asking = DEFAULTS,
) -> None:
    """Store flow files as new versions. Equal content is the version that is there.

    Parameters
    ----------
    activate
        Let each answer its trigger at once; its scenarios must hold.
    no_wait
        Only store the definitions on the bus; the executor takes them in order, also when it is down now.
    expect_version
        Refuse unless this is the newest version; 0: the flow is new.
    """
    given = read_all(files)
    if expect_version is not None and len(given) > 1:
        raise BadConfig("--expect-version speaks of one flow; push the files one by one")

    async def push_all(bus: Bus) -> PushReport:
        report = PushReport([], [], [])
        for file in given:
            try:
                request = PushFlow(
                    team=asking.team,
                    by=asker(),
                    definition=msgspec.Raw(msgspec.json.encode(file.document())),
                    activate=activate,
                    expect_version=expect_version,
                )
                await _push_one(bus, file, request, report, waits=not no_wait)
            except RejectedFlow as exc:
                error = Error(
                    code="flow_refused", detail="this cannot be a flow", problems=list(exc.problems)
                )
                report.refused.append(Refused(file.name, error))
            except RequestRejected as exc:
                report.refused.append(Refused(file.name, exc.error))
        return report

    report = asking.over_bus(push_all)
    if asking.json:
        print_json(report)
    _show(report, is_quiet=asking.json)
    if report.refused:
        sys.exit(FAILED)


async def _push_one(bus: Bus, file: FlowFile, request: PushFlow, report: PushReport, *, waits: bool) -> None:
    if waits:
        pushed = await bus.request("contracts.flows.push", request, FlowPushed, timeout_s=WORK_S)
        report.flows.append(pushed)
    else:
        stored = await bus.store(submission(request.team), msgspec.json.encode(request))
        report.submitted.append(Submitted(file.name, stored.seq))


def _show(report: PushReport, *, is_quiet: bool) -> None:
    """What became of each file; refusals go to stderr, also when stdout has JSON."""
    if not is_quiet:
        out = console()
        for pushed in report.flows:
            out.print(f"✓ {pushed.flow}@{pushed.version} {pushed.hash[:12]}  {_state(pushed)}")
            for warning in pushed.warnings:
                out.print(
                    f"  warning {warning.code}  {safe(warning.at)}: {safe(warning.detail)}", style="yellow"
                )
        for item in report.submitted:
            verdict = f"submission {item.submission}; its verdict will be in stream FLOW"
            out.print(f"✓ {safe(item.file)} is stored as {verdict}")
    errors = console(sys.stderr)
    for refused in report.refused:
        errors.print(f"frontdesk: {safe(refused.file)}: {safe(refused.error.detail)}", style="red")
        if refused.error.problems:
            problems.show(errors, refused.file, refused.error.problems)


def _state(pushed: FlowPushed) -> str:
    if not pushed.active:
        # With its version: the content may be that of an older one.
        return f"not active; `frontdesk flows activate {pushed.flow}@{pushed.version}` makes it so"
    return "active" if pushed.replaced is None else f"active, in place of {pushed.replaced}"
