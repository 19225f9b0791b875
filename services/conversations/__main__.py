"""The process `conversations`."""

from services.chassis.lifecycle import run
from services.conversations.app import serve
from services.conversations.config import Config


def main() -> None:
    """Run until told to stop."""
    run("conversations", Config, serve)


if __name__ == "__main__":
    main()
