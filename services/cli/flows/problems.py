"""How the problems of a flow, or of settings, are shown: place and code, the sentence, the way out."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from contracts.flow import Problem
from services.cli.output import safe


def is_refused(problems: Sequence[Problem]) -> bool:
    """Whether one of them is an error; warnings refuse nothing."""
    return any(problem.level == "error" for problem in problems)


def show(console: Console, name: str, problems: Sequence[Problem], whole: str = "flow") -> None:
    """A line for the file, then each problem, the errors first; `whole`: what the file should hold."""
    mark, style = ("✗", "red") if is_refused(problems) else ("✓", "green")
    console.print(Text.assemble((f"{mark} ", style), (safe(name), "bold"), f"  {_count(problems)}"))
    show_each(console, problems, whole)


def show_each(console: Console, problems: Sequence[Problem], whole: str) -> None:
    """The problems alone."""
    for problem in sorted(problems, key=lambda problem: problem.level):
        _show_one(console, problem, whole)


def _show_one(console: Console, problem: Problem, whole: str) -> None:
    style = "red" if problem.level == "error" else "yellow"
    console.print(
        Text.assemble(f"  {problem.level} ", (problem.code, style), "  ", (safe(problem.at) or whole, "bold"))
    )
    console.print(Text(f"    {safe(problem.detail)}"))
    if problem.hint:
        console.print(Text(f"    → {safe(problem.hint)}", style="cyan"))


def _count(problems: Sequence[Problem]) -> str:
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    counted = [f"{n} {word}{'s' * (n > 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return ", ".join(counted) or "no problems"
