"""`python -m tests.browser.screenshots --out DIR`: pictures of every screen, in light and dark, in Chinese and English.

Each is taken on a real product, which is started for it. `--only flows` takes those whose name begins so; `--light` and
`--zh` (and `--dark`, `--en`) take just these. A screen is a coroutine function in `tests.browser.screens`.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page

from tests.browser.chromium import chromium
from tests.browser.person import Language, Scheme
from tests.browser.screens import SCREENS, Stage, furnish
from tests.product import Product


async def take(
    product: Product, out: Path, only: str, schemes: Sequence[Scheme], languages: Sequence[Language]
) -> None:
    """Take the pictures; each profile begins with what was furnished once."""
    async with chromium() as browser:
        await furnish(browser, product)
        for scheme in schemes:
            for language in languages:
                stage = Stage(browser, product, language, scheme)
                for name, screen in SCREENS.items():
                    if name.startswith(only):
                        page = await screen(stage)
                        await _settle(page)
                        path = out / f"{name}-{scheme}-{language}.png"
                        await page.screenshot(path=path, animations="disabled", caret="hide")
                        await page.context.close()
                        sys.stdout.write(f"{path}\n")


async def _settle(page: Page) -> None:
    await page.wait_for_load_state("networkidle")
    await page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")


def main() -> None:
    """Parse the command line, start a product, take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder; it is made")
    parser.add_argument("--only", default="", help="screens whose name begins so")
    for name in ("light", "dark", "zh", "en"):
        parser.add_argument(f"--{name}", action="store_true", help=f"only {name}")
    given = parser.parse_args()
    schemes: list[Scheme] = [scheme for scheme in ("light", "dark") if getattr(given, scheme)]
    languages: list[Language] = [language for language in ("zh", "en") if getattr(given, language)]
    given.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        product = Product(Path(folder, "data"))
        product.start()
        try:
            asyncio.run(
                take(product, given.out, given.only, schemes or ["light", "dark"], languages or ["zh", "en"])
            )
        finally:
            product.stop()


if __name__ == "__main__":
    main()
