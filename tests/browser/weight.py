"""`python -m tests.browser.weight URL`: what the widget costs a page, as Lighthouse would count it.

The demo page is loaded with and without its widget's script, without a cache, nine times each; the medians are told.
"""

import asyncio
import statistics
import sys
from typing import NamedTuple

from playwright.async_api import Browser, Request

from tests.browser.chromium import chromium
from tests.browser.trace import traced

TIMES = 9
QUIET_MS = 2_500
"""After the load, in which the widget comes in its idle time and connects."""
LONG_MS = 50.0


class Load(NamedTuple):
    """One page load."""

    requests: int
    kilobytes: float
    """Over the wire, headers included; without the WebSocket."""
    main_thread_ms: float
    blocking_ms: float
    """What tasks took beyond 50 ms."""
    dom_ready_ms: float
    first_paint_ms: float


async def load(browser: Browser, address: str, *, with_widget: bool) -> Load:
    """Load the page in a new profile."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1200, "height": 820})
    page = await context.new_page()
    finished: list[Request] = []

    def count(request: Request) -> None:
        finished.append(request)

    page.on("requestfinished", count)
    if not with_widget:
        # Blocked inside the browser: a route of Playwright's would slow down every request.
        protocol = await context.new_cdp_session(page)
        for method, params in (
            ("Network.enable", None),
            ("Network.setBlockedURLs", {"urls": ["*widget*.js*"]}),
        ):
            await protocol.send(method, params)  # pyright: ignore[reportUnknownMemberType] - playwright 1.65
    async with traced(browser, page) as trace:
        await page.goto(address)
        await page.wait_for_timeout(QUIET_MS)
        times = await page.evaluate(
            "() => [performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,"
            " performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0]"
        )
    sizes = [await request.sizes() for request in finished if not request.url.startswith("data:")]
    await context.close()
    return Load(
        len(sizes),
        sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) / 1000,
        trace.busy_ms,
        sum(max(0.0, task.cpu_ms - LONG_MS) for task in trace.tasks),
        *(float(time) for time in times),
    )


async def main(address: str) -> None:
    """Measure and tell."""
    async with chromium() as browser:
        await load(browser, address, with_widget=True)
        lines = [
            f"{'':10}{'requests':>10}{'kB':>8}{'main ms':>9}{'blocking':>10}{'ready ms':>10}{'paint ms':>10}"
        ]
        loads: dict[str, list[Load]] = {"without": [], "with": []}
        for _ in range(TIMES):
            # In turns: both have the same machine.
            loads["without"].append(await load(browser, address, with_widget=False))
            loads["with"].append(await load(browser, address, with_widget=True))
        for name, ones in loads.items():
            medians = [statistics.median(values) for values in zip(*ones, strict=True)]
            widths = (10, 8, 9, 10, 10, 10)
            told = (f"{value:>{width}.{width == 8:d}f}" for value, width in zip(medians, widths, strict=True))
            lines.append(f"{name:10}{''.join(told)}")
    sys.stdout.write("\n".join((*lines, "")))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
