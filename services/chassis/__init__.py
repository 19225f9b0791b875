"""What every process needs: configuration, logs, the bus, the database, start and stop. Knows no domain."""

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

if "rich" not in sys.modules:
    # structlog loads it where it is installed, for tracebacks with local variables, and so with what visitors wrote.
    # Ours are plain (`logs`); without it a small service starts a sixth sooner and takes 5 MB less.
    sys.modules["rich"] = cast("ModuleType", None)
    import_module("structlog")
    del sys.modules["rich"]
