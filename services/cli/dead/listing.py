"""`frontdesk dead list` and `show`: what could not be handled, and why."""

from datetime import datetime

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.text import Text

from contracts.forms import nearest
from contracts.streams import DEAD, STREAMS
from contracts.subjects import dead
from services.chassis.bus import Bus
from services.chassis.clock import system_clock
from services.chassis.errors import BadConfig
from services.cli.asking import OVER_BUS, OverBus
from services.cli.dead.letters import Letter, body_of, found, letter_of, original_headers
from services.cli.output import console, local, print_json, safe, table
from services.cli.runs.since import since as instant

MOST = 1000
"""Letters of one list."""


class LetterList(Struct, frozen=True, kw_only=True):
    """What `dead list --json` prints, the newest first; `count` are all that match."""

    dead: list[Letter]
    count: int


class WholeLetter(Letter, frozen=True, kw_only=True):
    """What `dead show --json` prints."""

    headers: dict[str, str]
    """Those that the message had where it came from."""
    body: str
    """What is no UTF-8 in it stands as `\\xNN`."""


def list_letters(
    *, stream: str | None = None, since: str | None = None, limit: int = 50, over: OverBus = OVER_BUS
) -> None:
    """The dead letters of all teams, the newest first.

    Parameters
    ----------
    stream
        Only messages of this stream, VISITOR for example.
    since
        Only those that were given up since then: 90s, 15m, 1h, 7d, or a time.
    limit
        How many at most, 1 to 1000.
    """
    if not 1 <= limit <= MOST:
        raise BadConfig(f"--limit {limit} is out of bounds; give 1 to {MOST}")
    subject = "dead.*" if stream is None else dead(_known(stream))
    start: datetime | None = None if since is None else instant(since, system_clock())
    newest, count = over.over_bus(lambda bus: bus.newest(DEAD.name, subject, limit, start))
    letters = LetterList(dead=[letter_of(message) for message in reversed(newest)], count=count)
    if over.json:
        print_json(letters)
    else:
        _show_list(console(), letters)


def show(letter: int, /, *, over: OverBus = OVER_BUS) -> None:
    """A dead letter with its headers and body, which may hold what a visitor wrote.

    Parameters
    ----------
    letter
        Its id, as `frontdesk dead list` shows it.
    """

    async def get(bus: Bus) -> WholeLetter:
        message = await found(bus, letter)
        return WholeLetter(
            **msgspec.structs.asdict(letter_of(message)),
            headers=original_headers(message.headers),
            body=(await body_of(bus, message)).decode(errors="backslashreplace"),
        )

    whole = over.over_bus(get)
    if over.json:
        print_json(whole)
    else:
        _show(console(), whole)


def _known(stream: str) -> str:
    names = [known.name for known in STREAMS]
    if stream in names:
        return stream
    near = nearest(stream.upper(), names)
    way_out = f"did you mean {near}?" if near else f"the streams are {', '.join(names)}"
    raise BadConfig(f"--stream {stream!r} is none; {way_out}")


def _show_list(out: Console, letters: LetterList) -> None:
    if not letters.dead:
        out.print("no dead letters: everything could be handled")
        return
    rows = table("ID", "TIME", "REASON", "STREAM", "SUBJECT", "ATTEMPTS", "")
    for letter in letters.dead:
        rows.add_row(
            str(letter.id),
            local(letter.at),
            Text(safe(letter.reason), style="red"),
            letter.stream,
            safe(letter.subject),
            str(letter.attempts),
            Text(safe(letter.detail), style="dim"),
        )
    out.print(rows)
    if letters.count > len(letters.dead):
        out.print(f"{len(letters.dead)} of {letters.count}; --limit shows more", style="dim")


def _show(out: Console, whole: WholeLetter) -> None:
    lines = {
        "id": str(whole.id),
        "time": local(whole.at),
        "reason": whole.reason,
        "detail": whole.detail,
        "stream": f"{whole.stream}, message {whole.sequence}",
        "subject": whole.subject,
        "consumer": whole.consumer,
        "attempts": str(whole.attempts),
    }
    for name, value in lines.items():
        out.print(Text.assemble((f"{name:<10}", "dim"), safe(value)))
    for name, value in whole.headers.items():
        out.print(Text.assemble(("header    ", "dim"), safe(f"{name}: {value}")))
    out.print()
    out.print(safe(_pretty(whole.body)))


def _pretty(body: str) -> str:
    try:
        return msgspec.json.format(body, indent=2)
    except (msgspec.DecodeError, RecursionError):
        return body
