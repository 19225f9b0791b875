"""Logs: structlog on stderr, for people at a terminal and as JSON lines elsewhere; other libraries' records as well."""

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import Processor

_QUIET = {
    "uvicorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "faststream": logging.WARNING,
    # It tells with a traceback what its caller is told anyway, at each attempt while Postgres is away.
    "asyncpg.pool": logging.CRITICAL,
}


def configure(service: str, form: Literal["auto", "console", "json"] = "auto", level: str = "info") -> None:
    """Write logs to stderr from now on, each line naming the service."""
    is_console = form == "console" or (form == "auto" and sys.stderr.isatty())
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not is_console:
        common.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = _console() if is_console else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=common,
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    structlog.contextvars.bind_contextvars(service=service)


def _console() -> Processor:
    """For people. Tracebacks are plain: the pretty ones show local variables, and so what visitors wrote."""
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
