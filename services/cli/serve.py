"""`frontdesk serve SERVICE`: one service in this process."""

import importlib
from typing import Literal

Service = Literal["presence", "widget-gateway", "flow-executor", "conversations", "console"]

SERVICES: tuple[Service, ...] = ("presence", "widget-gateway", "flow-executor", "conversations", "console")


def serve(service: Service) -> None:
    """Run one service until it is told to stop (SIGTERM, Ctrl-C).

    FRONTDESK_* variables configure it (see deploy/env.example). It ends with 0 when stopped, 1 when it failed, 2 when
    its configuration is wrong and 3 when NATS or Postgres cannot be reached at its start. Once it runs it waits for
    them to come back.

    Parameters
    ----------
    service
        Which one.
    """
    # By name, so that no service is ever loaded into the process of another.
    importlib.import_module(f"services.{service.replace('-', '_')}.__main__").main()
