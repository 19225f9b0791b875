"""`python -m services.console`: runs the console until it is told to stop."""

from services.chassis.lifecycle import run
from services.console.app import serve
from services.console.config import Config


def main() -> None:
    """Run the console, configured by `FRONTDESK_*`; never returns."""
    run("console", Config, serve)


if __name__ == "__main__":
    main()
