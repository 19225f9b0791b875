"""`python -m tests.browser.screenshots URL`: takes the README's picture from a running demo page."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import expect

from tests.browser.chromium import chromium
from tests.browser.visitor import APOLOGY, Visitor

PICTURE = Path(__file__).parents[2] / "docs" / "widget.png"


async def take(address: str) -> None:
    """Open the window as a new visitor, wait for the robot, write back, and take the picture."""
    async with chromium() as browser:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1200, "height": 800})
        visitor = Visitor(context, await context.new_page(), address)
        await visitor.visit()
        await visitor.open()
        await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
        await visitor.send("想买两罐明前龙井送朋友，请回电 138 0000 1234，谢谢！")
        await visitor.settled()
        await visitor.still()
        PICTURE.parent.mkdir(exist_ok=True)
        await visitor.page.screenshot(path=PICTURE, animations="disabled", caret="hide")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1]))
