"""The process `presence`."""

from services.chassis.lifecycle import run
from services.presence.app import serve
from services.presence.config import Config


def main() -> None:
    """Run until told to stop."""
    run("presence", Config, serve)


if __name__ == "__main__":
    main()
