"""What a session led to, as a table."""

from collections.abc import Sequence

import msgspec

from tests.bench.ground import machine
from tests.chaos.session import Round

_KINDS = ("lost", "doubled", "disordered", "stuck", "differing", "errors")
_HEAD = (
    "fault", "times", "events accepted", "messages", "lost", "doubled", "out of order", "stuck",
    "replays that differ", "errors logged", "dead letters", "longest recovery",
)  # fmt: skip


class Report(msgspec.Struct, frozen=True):
    """A session, with what made it."""

    command: str
    seconds: float
    rounds: Sequence[Round]

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong."""
        return not any(played.findings.all() for played in self.rounds)

    def table(self) -> str:
        """Markdown: a row per fault, and one of all."""
        names = sorted({played.fault for played in self.rounds})
        rows = [_row(name, [played for played in self.rounds if played.fault == name]) for name in names]
        rows.append(_row("**all**", self.rounds))
        head = f"| {' | '.join(_HEAD)} |\n|---{'|---:' * (len(_HEAD) - 1)}|"
        return "\n".join((head, *rows))

    def text(self) -> str:
        """The table, what made it, and each finding in a sentence."""
        where = machine()
        found = [f"- {p.fault}: {sentence}" for p in self.rounds for sentence in p.findings.all()]
        made = f"{len(self.rounds)} faults in {self.seconds / 60:.0f} minutes"
        head = f"`{self.command}`: {made}, on {where.cores} cores, {where.memory_gib} GiB"
        return "\n".join((head, "", self.table(), *(["", *found] if found else []), ""))


def _row(name: str, rounds: Sequence[Round]) -> str:
    wrong = [sum(len(getattr(played.findings, kind)) for played in rounds) for kind in _KINDS]
    dead = sum(played.dead for played in rounds)
    events, messages = (sum(getattr(played, kind) for played in rounds) for kind in ("events", "messages"))
    longest_s = max((played.recovery_s for played in rounds), default=0)
    cells = [name, len(rounds), f"{events:,}", f"{messages:,}", *wrong, dead, f"{longest_s:.1f} s"]
    return f"| {' | '.join(map(str, cells))} |"
