"""`python -m tests.bench.conversation`: whether a conversation of 5,000 messages keeps the widget's page busy.

In Chromium, against a product of its own: all of them come in at once; then one scrolls to and fro, new ones come, and
one writes. Told are the longest tasks of the page's main thread, by their own processor time.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from services.chassis.bus import Bus
from tests.browser.chromium import chromium
from tests.browser.long_history import live
from tests.browser.own_gateway import own_gateway
from tests.browser.trace import Trace
from tests.browser.visitor import Visitor
from tests.product import Product


async def measure(product: Product) -> list[Trace]:
    """While they come in, and after that."""
    async with (
        own_gateway(product) as gateway,
        Bus(product.addresses.nats, "bench") as bus,
        chromium() as browser,
    ):
        context = await browser.new_context(locale="zh-CN")
        visitor = Visitor(context, await context.new_page(), gateway.address)
        await visitor.visit()
        traces = await live(browser, visitor, gateway, bus)
        await context.close()
    return [*traces]


def main() -> None:
    """Start a product, measure, print."""
    with TemporaryDirectory() as folder:
        product = Product(Path(folder, "data"))
        product.start()
        try:
            traces = asyncio.run(measure(product))
        finally:
            product.stop()
    for what, trace in zip(("coming in", "scrolling, reading, writing"), traces, strict=True):
        longest = ", ".join(f"{task.cpu_ms:.0f}" for task in trace.tasks[:5])
        sys.stdout.write(f"{what}: the longest tasks took {longest} ms; {trace.busy_ms:.0f} ms in all\n")


if __name__ == "__main__":
    main()
