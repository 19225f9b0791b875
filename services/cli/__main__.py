"""`frontdesk`, also as `python -m services.cli`: runs one command and ends with its exit code."""

import sys
from typing import NoReturn

from services.chassis.errors import BadConfig, FrontdeskError
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

    try:
        code = app(arguments)
    except CycloptsError as exc:
        fail(
            BadConfig(
                f"{' '.join(str(exc).split())} See `frontdesk {' '.join(exc.command_chain or ())} --help`."
            )
        )
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (FrontdeskError, BaseExceptionGroup) as exc:
        reason = sole_reason(exc)
        if reason is None:
            raise
        fail(reason)
    sys.exit(code if isinstance(code, int) else DONE)


if __name__ == "__main__":
    main()
