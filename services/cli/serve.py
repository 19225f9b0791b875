"""`frontdesk serve SERVICE`: one service in this process."""

import gc
import importlib
import os
import sys
from typing import Literal

from services.chassis.config import ServiceConfig

Service = Literal["presence", "widget-gateway", "flow-executor", "conversations", "console"]

WAITS = "FRONTDESK_WAITS"
"""Set by `frontdesk up`: load the code, then wait for a line on stdin, which comes when the servers are there."""

SERVICES: tuple[Service, ...] = ("presence", "widget-gateway", "flow-executor", "conversations", "console")


def config_of(service: Service) -> type[ServiceConfig]:
    """What that service is told, without its code."""
    return importlib.import_module(f"services.{service.replace('-', '_')}.config").Config


_GARBAGE = (20_000, 20, 20)
"""When to look for cycles. Batches make many objects, hardly a cycle among them; by Python's own 700 a tenth of a busy
executor's time goes into looking.
"""


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
    # By name, so that no service is ever loaded into the process of another. Code stays for good: looking through it
    # for garbage would only make loading slower.
    gc.disable()
    module = importlib.import_module(f"services.{service.replace('-', '_')}.__main__")
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    gc.enable()
    if os.environ.get(WAITS) and not sys.stdin.readline():
        sys.exit("whoever started this service is gone")
    module.main()
