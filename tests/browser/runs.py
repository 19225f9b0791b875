"""Runs as the command line shows them."""

import msgspec

from contracts.requests import RunHistory, RunsPage, RunSummary
from contracts.run import NodeCompleted
from tests.product import Product


def runs_of(product: Product, visitor: str) -> list[RunSummary]:
    """The visitor's runs, newest first."""
    listed = product.run("runs", "list", "--visitor", visitor, "--json")
    assert listed.returncode == 0, listed.stderr
    return msgspec.json.decode(listed.stdout, type=RunsPage).runs


def outcomes(product: Product, run: RunSummary) -> list[str]:
    """The run's path: each node with its outcome."""
    shown = product.run("runs", "show", run.run, "--json")
    assert shown.returncode == 0, shown.stderr
    events = msgspec.json.decode(shown.stdout, type=RunHistory).events
    return [f"{event.node} {event.outcome}" for event in events if isinstance(event, NodeCompleted)]
