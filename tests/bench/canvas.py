"""`python -m tests.bench.canvas`: a box dragged over a canvas of 200 nodes, frame by frame.

Starts a product, opens a flow of 200 nodes in Chromium, drags one box for some seconds, with the whole flow in sight
and near, and reads Chromium's own trace: how far frames are apart, how long its main thread was busy for each, and what
else than the box and its edges was drawn anew. `--trace FILE` keeps the trace for the browser's tools.
"""

import argparse
import asyncio
import json
import sys
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import cast

import msgspec
from playwright.async_api import Browser, CDPSession, Page

from tests.browser.chromium import chromium
from tests.browser.editing import Editor
from tests.browser.person import sign_in
from tests.product import Product

NODES = 200
COLUMNS = 20
MOVES = 300
Event = dict[str, object]
_CATEGORIES = (
    "devtools.timeline,disabled-by-default-devtools.timeline,disabled-by-default-devtools.timeline.frame"
)
_WATCH = """
(id) => {
  const others = new Set();
  const frames = [];
  const tick = (at) => { frames.push(at); state.next = requestAnimationFrame(tick); };
  const box = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".react-flow__node");
  const observer = new MutationObserver((records) => {
    for (const { target } of records) {
      const found = box(target);
      if (found && found.dataset.id !== id) others.add(found.dataset.id);
    }
  });
  const state = { frames, others, stop() { cancelAnimationFrame(state.next); observer.disconnect(); } };
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  observer.observe(document.querySelector(".react-flow__nodes"), all);
  state.next = requestAnimationFrame(tick);
  window.watched = state;
}
"""
_SEEN = """
() => {
  watched.stop();
  const drawn = document.querySelectorAll(".react-flow__node").length;
  return { frames: watched.frames, others: watched.others.size, drawn };
}
"""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one drag took; times in milliseconds."""

    nodes: int
    drawn: int
    """Boxes in the page: those in sight."""
    frames: int
    per_second: float
    frame_p50: float
    frame_p95: float
    """Between two frames, on the clock: others who use the machine are in it."""
    busy_p50: float
    busy_p95: float
    busy_max: float
    """The main thread's own processor time in each sixtieth of a second: below 16.7 nothing need be late."""
    other_boxes_drawn: int
    """Boxes other than the dragged one in which anything changed."""


def large_flow(nodes: int = NODES) -> dict[str, object]:
    """A flow of so many nodes in rows, each leading on, every other one also to the row below."""
    middle: dict[str, dict[str, object]] = {}
    for place in range(nodes - 2):
        onward = f"n{place + 1}" if place < nodes - 3 else "end"
        below = f"n{place + COLUMNS}" if place + COLUMNS < nodes - 2 else "end"
        edges = {"TRUE": onward, "FALSE": below} if place % 2 else {"TRUE": onward, "FALSE": onward}
        middle[f"n{place}"] = {"type": "agents_offline", "name": f"判断座席是否离线 {place}", "next": edges}
    places = {
        key: [340 * (place % COLUMNS), 180 * (place // COLUMNS)]
        for place, key in enumerate(["start", *middle, "end"])
    }
    start: dict[str, object] = {"type": "start", "next": {"SUCCESS": "n0"}}
    return {
        "flow": "large",
        "name": "large",
        "trigger": "message_sent",
        "nodes": {"start": start, **middle, "end": {"type": "end"}},
        "layout": places,
    }


async def measure(
    browser: Browser, product: Product, *, moves: int = MOVES
) -> tuple[Measured, Measured, list[Event]]:
    """Drag one box about, watched: near, then with the whole flow in sight; and the trace of the first."""
    person = await sign_in(browser, product)
    editor = Editor(person)
    await editor.open_draft(large_flow())
    far, _ = await _measured(editor, moves)
    await _zoomed_in(editor)
    near, events = await _measured(editor, moves)
    await person.context.close()
    return near, far, events


async def _measured(editor: Editor, moves: int) -> tuple[Measured, list[Event]]:
    page = editor.page
    box = await _middle_box(page)
    session = await editor.person.context.new_cdp_session(page)
    await page.evaluate(_WATCH, box)
    events = await _traced(session, lambda: _drag(editor, box, moves))
    return _of(events, cast("dict[str, object]", await page.evaluate(_SEEN))), events


async def _zoomed_in(editor: Editor) -> None:
    """Near enough to read: some two dozen boxes in sight."""
    for _ in range(8):
        await editor.page.get_by_role("button", name="放大").click()
    await editor.page.wait_for_function("document.getAnimations().length === 0")


async def _middle_box(page: Page) -> str:
    """The box nearest to the middle of the canvas."""
    return await page.evaluate(
        """() => {
          const area = document.querySelector(".react-flow").getBoundingClientRect();
          const far = (node) => {
            const { x, y, width, height } = node.getBoundingClientRect();
            return Math.hypot(x + width / 2 - area.x - area.width / 2, y + height / 2 - area.y - area.height / 2);
          };
          return [...document.querySelectorAll(".react-flow__node")].sort((a, b) => far(a) - far(b))[0].dataset.id;
        }"""
    )


async def _drag(editor: Editor, box: str, moves: int) -> None:
    head = await editor.page.locator(f'.react-flow__node[data-id="{box}"]').bounding_box()
    assert head is not None
    x, y = head["x"] + head["width"] / 3, head["y"] + 15
    mouse = editor.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    for step in range(moves):
        turn = step % 100
        await mouse.move(x + 1.6 * min(turn, 100 - turn), y + 1.2 * min(turn, 100 - turn))
    await mouse.up()


async def _traced(session: CDPSession, act: Callable[[], Awaitable[None]]) -> list[Event]:
    events: list[Event] = []
    done = asyncio.Event()

    def collect(data: dict[str, list[Event]]) -> None:
        events.extend(data["value"])

    def end(_: object) -> None:
        done.set()

    session.on("Tracing.dataCollected", collect)
    session.on("Tracing.tracingComplete", end)
    # Playwright leaves open what the answer is.
    send: Callable[..., Awaitable[object]] = getattr(session, "send")  # noqa: B009
    await send("Tracing.start", {"categories": _CATEGORIES, "transferMode": "ReportEvents"})
    await act()
    await send("Tracing.end")
    await done.wait()
    return events


def _of(events: list[Event], seen: dict[str, object]) -> Measured:
    frames = cast("list[float]", seen["frames"])
    gaps = [after - before for before, after in pairwise(frames)]
    apart, busy = quantiles(gaps, n=100), _busy(events)
    share = quantiles(busy, n=100)
    return Measured(
        nodes=NODES,
        drawn=cast("int", seen["drawn"]),
        frames=len(frames),
        per_second=round(1000 * len(gaps) / sum(gaps), 1),
        frame_p50=round(apart[49], 1),
        frame_p95=round(apart[94], 1),
        busy_p50=round(share[49], 1),
        busy_p95=round(share[94], 1),
        busy_max=round(max(busy), 1),
        other_boxes_drawn=cast("int", seen["others"]),
    )


def _busy(events: Sequence[Event]) -> list[float]:
    """Processor time of the page's main thread from each frame that it began to the next."""
    mains = {
        event["tid"]
        for event in events
        if event["name"] == "thread_name" and "CrRendererMain" in str(event["args"])
    }
    own = [event for event in events if event["tid"] in mains]
    begun = sorted(cast("float", event["ts"]) for event in own if event["name"] == "BeginMainThreadFrame")
    tasks = [event for event in own if event["name"] == "RunTask" and "tdur" in event]
    busy = [0.0] * len(begun)
    for task in tasks:
        place = bisect_right(begun, cast("float", task["ts"])) - 1
        if place >= 0:
            busy[place] += cast("float", task["tdur"]) / 1000
    return busy


def main() -> None:
    """Measure, and say it in JSON."""
    parser = argparse.ArgumentParser(description="Drag a box over a canvas of 200 nodes.")
    parser.add_argument("--trace", type=Path, help="keep Chromium's trace in this file")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        product = Product(Path(folder) / "data")
        product.start()
        try:
            near, far, events = asyncio.run(_in_chromium(product))
        finally:
            product.stop()
    if arguments.trace is not None:
        arguments.trace.write_text(json.dumps({"traceEvents": events}))
    said = msgspec.json.format(msgspec.json.encode({"near": near, "far": far}))
    sys.stdout.write(said.decode() + "\n")


async def _in_chromium(product: Product) -> tuple[Measured, Measured, list[Event]]:
    async with chromium() as browser:
        return await measure(browser, product)


if __name__ == "__main__":
    main()
