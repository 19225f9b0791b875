"""What axe-core has against a page, its shadow roots included."""

from pathlib import Path
from typing import TypedDict, cast

import pytest
from playwright.async_api import Page

SOURCE = Path(__file__).parents[2] / "services/widget_gateway/widget/node_modules/axe-core/axe.min.js"
BAD = ("serious", "critical")


class Node(TypedDict):
    """A place that breaks a rule."""

    html: str
    failureSummary: str


class Violation(TypedDict):
    """A rule that is broken."""

    id: str
    impact: str
    nodes: list[Node]


async def violations(page: Page) -> list[str]:
    """Every serious thing, as a person may read it; what is drawn only for a moment must have come to rest."""
    if not SOURCE.exists():
        pytest.skip("axe-core is not installed; `make check` installs it")
    await page.evaluate(SOURCE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await page.evaluate(
        "async (values) => (await axe.run(document, {runOnly: {type: 'tag', values}})).violations", tags
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['html']}: {node['failureSummary']}"
        for violation in cast("list[Violation]", found)
        if violation["impact"] in BAD
        for node in violation["nodes"]
    ]
