"""The process `flow-executor`."""

from services.chassis.lifecycle import run
from services.flow_executor.app import serve
from services.flow_executor.config import Config


def main() -> None:
    """Run until told to stop."""
    run("flow-executor", Config, serve)


if __name__ == "__main__":
    main()
