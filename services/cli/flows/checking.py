"""`frontdesk flows validate` and `test`: what the executor would say of flow files, without any server."""

import sys
from pathlib import Path

import msgspec

from contracts.flow import FlowDefinition, Problem, RejectedFlow
from services.chassis.lifecycle import FAILED
from services.cli.asking import Json
from services.cli.flows import problems
from services.cli.flows.files import FileProblem, FlowFile, problems_of, read_all
from services.cli.output import console, print_json
from services.flow_executor.engine.checks import examine


class ProblemReport(msgspec.Struct, frozen=True):
    """What `validate --json` prints."""

    problems: list[FileProblem]


def validate(*files: Path, json: Json = False) -> None:
    """Check flow files without any server: every problem of every file at once."""
    examined = [(file, examined_file(file)[1]) for file in read_all(files)]
    if json:
        print_json(ProblemReport([found for file, some in examined for found in problems_of(file, some)]))
    else:
        out = console()
        for file, some in examined:
            problems.show(out, file.name, some)
    if any(problems.is_refused(some) for _, some in examined):
        sys.exit(FAILED)


def examined_file(file: FlowFile) -> tuple[FlowDefinition | None, tuple[Problem, ...]]:
    """The definition, None when there is an error, and all its problems."""
    try:
        return examine(file.document())
    except RejectedFlow as exc:
        return None, exc.problems
