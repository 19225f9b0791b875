"""`frontdesk`, also as `python -m services.cli`: runs one command and ends with its exit code."""

import os
import sys
from difflib import get_close_matches
from typing import NoReturn

from services.chassis.config import PREFIX
from services.chassis.errors import BadConfig, FrontdeskError, Rejected
from services.chassis.lifecycle import DONE, fail, sole_reason
from services.cli.serve import SERVICES, serve

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that the arguments name; never returns."""
    match sys.argv[1:]:
        case ["serve", service] if service in SERVICES:
            # Five processes start at once; none of them needs the rest of the command line.
            serve(service)
            sys.exit(DONE)
        case arguments:
            _run(arguments)


def _run(arguments: list[str]) -> NoReturn:
    from cyclopts import CycloptsError  # noqa: PLC0415 - see above

    from services.cli.app import app  # noqa: PLC0415

    # An empty variable counts as unset, for commands as for services.
    for name in [name for name, value in os.environ.items() if name.startswith(PREFIX) and not value]:
        del os.environ[name]
    try:
        _check_command(arguments)
        code = app(arguments)
    except CycloptsError as exc:
        fail(
            BadConfig(
                f"{' '.join(str(exc).split())} See `{' '.join(('frontdesk', *(exc.command_chain or ())))} --help`."
            )
        )
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (FrontdeskError, BaseExceptionGroup) as exc:
        reason = sole_reason(exc)
        if reason is None:
            raise
        _show_problems(reason)
        fail(reason)
    sys.exit(code if isinstance(code, int) else DONE)


def _show_problems(reason: FrontdeskError) -> None:
    """What a service found wrong with a request, each with its way out; the sentence follows."""
    if not isinstance(reason, Rejected):
        return
    from services.chassis.bus import RequestRejected  # noqa: PLC0415 - see above
    from services.cli.flows.problems import show_each  # noqa: PLC0415
    from services.cli.output import console  # noqa: PLC0415

    if isinstance(reason, RequestRejected):
        show_each(console(sys.stderr), reason.error.problems, "request")


def _check_command(arguments: list[str]) -> None:
    """Refuse a command that is not there; cyclopts would load every other one to say so."""
    from services.cli.app import COMMANDS  # noqa: PLC0415 - see above

    if not arguments or arguments[0].startswith("-") or arguments[0] in COMMANDS:
        return
    near = get_close_matches(arguments[0], COMMANDS, n=1)
    guess = f"; did you mean `frontdesk {near[0]}`?" if near else ";"
    raise BadConfig(f"there is no command {arguments[0]!r}{guess} `frontdesk --help` lists all commands")


if __name__ == "__main__":
    main()
