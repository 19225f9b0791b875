"""`frontdesk serve widget-gateway`."""

from services.chassis.lifecycle import run
from services.widget_gateway.app import serve
from services.widget_gateway.config import Config


def main() -> None:
    """Run the gateway until it is told to stop."""
    run("widget-gateway", Config, serve)


if __name__ == "__main__":
    main()
