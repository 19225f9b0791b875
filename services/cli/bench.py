"""`frontdesk bench NAME`: the benchmarks of `tests/bench/`, from a checkout."""

from importlib import import_module
from typing import Annotated, Literal

import uvloop
from cyclopts import Parameter

from services.chassis.errors import BadConfig
from services.cli.output import console, print_json


def bench(
    name: Literal["runs", "latency", "parked", "connections", "growth", "replay", "durability", "inbox"],
    /,
    *,
    rounds: int = 5,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Measure on servers of its own; tests/bench/README.md says what each figure means.

    Parameters
    ----------
    name
        `runs`: completed runs per second next to a hand-written floor. `latency`: from opening to the message.
    rounds
        Counted rounds of each side, after one that is not counted.
    json
        Print one JSON document.
    """
    try:
        module = import_module(f"tests.bench.{name}")
    except ModuleNotFoundError as exc:
        raise BadConfig(
            f"the benchmark {name} needs a checkout with its test dependencies ({exc}); "
            "run `make up` or `make test` in one first, then .venv/bin/frontdesk bench there"
        ) from exc
    result = uvloop.run(module.measure(rounds=rounds))
    if json:
        print_json(result)
        return
    out = console()
    for field in result.__struct_fields__:
        out.print(f"{field.replace('_', ' ')}: {getattr(result, field)}")
