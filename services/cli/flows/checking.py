"""`frontdesk flows validate` and `test`: what the executor would say of flow files, without any server."""

import sys
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from contracts.flow import FlowDefinition, Problem, RejectedFlow
from contracts.requests import Difference, ScenarioResult
from services.chassis.lifecycle import FAILED
from services.cli.asking import Json
from services.cli.flows import problems
from services.cli.flows.files import FileProblem, FlowFile, problems_of, read_all
from services.cli.output import console, print_json, safe
from services.flow_executor.coverage import Coverage, coverage
from services.flow_executor.engine.checks import examine
from services.flow_executor.scenarios import run_scenarios


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


class FileCoverage(Coverage, frozen=True, kw_only=True):
    """What the scenarios of a file have shown of its flow."""

    file: str


class ScenarioReport(msgspec.Struct, frozen=True):
    """What `test --json` prints; a file with problems has no scenarios."""

    scenarios: list[FileScenario]
    problems: list[FileProblem]
    coverage: list[FileCoverage]


def run_tests(*files: Path, json: Json = False) -> None:
    """Run the scenarios of flow files without any server: each is the flow's promise for one world."""
    report = ScenarioReport([], [], [])
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
        shown = coverage(definition, results)
        report.coverage.append(FileCoverage(file=file.name, **msgspec.structs.asdict(shown)))
        if out:
            _show_scenarios(out, file, results)
            _show_coverage(out, shown)
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
        sentences = result.failures[: len(result.failures) - len(result.differences)]
        for failure in sentences:
            out.print(Text(f"      {safe(failure)}", style="red"))
        for difference in result.differences:
            _show_difference(out, difference)


_DIFF_HEAD = 3
"""Lines that name what is compared."""


def _show_difference(out: Console, difference: Difference) -> None:
    """Line by line: what both have, what is missing (-), what is there instead (+)."""
    out.print(Text(f"      {difference.what}: - expected, + what it did", style="red"))
    styles = {"-": "red", "+": "green"}
    whole = len(difference.expected) + len(difference.found)
    lines = unified_diff(difference.expected, difference.found, lineterm="", n=whole)
    for line in islice(lines, _DIFF_HEAD, None):
        out.print(Text(f"      {line[:1]} {safe(line[1:])}", style=styles.get(line[:1], "")))


def _show_coverage(out: Console, shown: Coverage) -> None:
    nodes, outcomes = shown.nodes, shown.outcomes
    text = f"  covered: {nodes.covered} of {nodes.all} nodes, {outcomes.covered} of {outcomes.all} outcomes"
    out.print(Text(text, style="dim"))
    if outcomes.missing:
        out.print(Text(f"      never taken: {safe(', '.join(outcomes.missing))}", style="yellow"))
