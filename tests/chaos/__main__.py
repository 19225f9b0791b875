"""`python -m tests.chaos`: hurt the whole system for a while, and tell what that did to what was promised."""

import asyncio
import logging
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App

from tests.chaos.report import Report
from tests.chaos.session import Round, play

app = App(help=__doc__)


@app.default
def chaos(
    *,
    minutes: float = 1.5,
    visitors: int = 30,
    seed: int | None = None,
    fault: Sequence[str] = (),
    report: Path | None = None,
) -> None:
    """Exit with 1 when anything was lost, doubled, out of order or stuck.

    Parameters
    ----------
    minutes
        How long; the fault in hand is seen through.
    visitors
        How many there are at a time.
    seed
        Which faults, in which order, of which length; a new one unless given. What processes do in answer is not ours.
    fault
        Only this one; may be given more than once.
    report
        Write the table there, as Markdown.
    """
    # It tells of each attempt to reach a server that we have just killed.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)
    chosen = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {chosen}", file=sys.stderr, flush=True)
    begin = time.monotonic()

    def is_over(_: Sequence[Round]) -> bool:
        return time.monotonic() - begin > minutes * 60

    rounds = asyncio.run(play(seed=chosen, visitors=visitors, until=is_over, names=fault, tell=_tell))
    command = f"python -m tests.chaos --minutes {minutes:g} --visitors {visitors} --seed {chosen}"
    told = Report(command, time.monotonic() - begin, rounds)
    print(told.text())
    if report is not None:
        report.write_text(told.text())
    sys.exit(0 if told.is_clean else 1)


def _tell(played: Round) -> None:
    wrong = played.findings.all()
    print(
        f"{played.fault}: {played.events} events, {played.messages} messages, answered after"
        f" {played.recovery_s:.1f} s{'' if not wrong else f', {len(wrong)} wrong'}",
        file=sys.stderr,
        flush=True,
    )
    for sentence in wrong[:10]:
        print(f"  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    app()
