"""What axe finds wrong with a page for those who cannot see it, or use no mouse."""

from pathlib import Path
from typing import Literal

import msgspec
from playwright.async_api import Page

SOURCE = (
    Path(__file__).parents[2] / "services" / "console" / "web" / "node_modules" / "axe-core" / "axe.min.js"
)
Impact = Literal["minor", "moderate", "serious", "critical"]
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_SCRIPT = """
async (tags) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return JSON.stringify(found.violations.map(({id, impact, help, nodes}) => ({
    id, impact, help,
    where: nodes.slice(0, 5).map(({target, failureSummary}) => `${target.join(' ')}: ${failureSummary}`),
  })));
}
"""


class Violation(msgspec.Struct, frozen=True):
    """A rule that the page breaks, and where."""

    id: str
    impact: Impact | None
    help: str
    where: tuple[str, ...]


async def violations(page: Page) -> list[Violation]:
    """Those of level serious and above, once nothing moves any more."""
    await page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    # As a script of Playwright's own: the page's policy allows no other.
    await page.evaluate(SOURCE.read_text())
    found = msgspec.json.decode(await page.evaluate(_SCRIPT, _TAGS), type=list[Violation])
    return [violation for violation in found if violation.impact in {"serious", "critical"}]
