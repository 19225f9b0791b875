"""`frontdesk flows validate` and `test`: what the executor would say of flow files, without any server."""

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from contracts.flow import FlowDefinition, Problem, RejectedFlow
from services.chassis.lifecycle import FAILED
from services.cli.asking import Json
from services.cli.flows import problems
from services.cli.flows.files import FileProblem, FlowFile, problems_of, read_all
from services.cli.output import console, print_json, safe
from services.flow_executor.engine.checks import examine
from services.flow_executor.scenarios import ScenarioResult, run_scenarios


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


class FileScenario(ScenarioResult, frozen=True, kw_only=True):
    """What became of a scenario, and the file that has it."""

    file: str


class ScenarioReport(msgspec.Struct, frozen=True):
    """What `test --json` prints; a file with problems has no scenarios."""

    scenarios: list[FileScenario]
    problems: list[FileProblem]


def run_tests(*files: Path, json: Json = False) -> None:
    """Run the scenarios of flow files without any server: each is the flow's promise for one world."""
    report = ScenarioReport([], [])
    out = None if json else console()
    for file in read_all(files):
        definition, found = examined_file(file)
        if definition is None:
            report.problems.extend(problems_of(file, found))
            if out:
                problems.show(out, file.name, found)
            continue
        results = run_scenarios(definition)
        report.scenarios.extend(
            FileScenario(file=file.name, **msgspec.structs.asdict(one)) for one in results
        )
        if out:
            _show_scenarios(out, file, results)
    if json:
        print_json(report)
    if report.problems or not all(scenario.passed for scenario in report.scenarios):
        sys.exit(FAILED)


def _show_scenarios(out: Console, file: FlowFile, results: tuple[ScenarioResult, ...]) -> None:
    passed = sum(result.passed for result in results)
    mark, style = ("✓", "green") if passed == len(results) else ("✗", "red")
    count = f"{passed} of {len(results)} scenarios hold" if results else "no scenarios"
    out.print(Text.assemble((f"{mark} ", style), (safe(file.name), "bold"), f"  {count}"))
    for result in results:
        mark, style = ("✓", "green") if result.passed else ("✗", "red")
        out.print(Text.assemble((f"  {mark} ", style), safe(result.name)))
        for failure in result.failures:
            out.print(Text(f"      {safe(failure)}", style="red"))
