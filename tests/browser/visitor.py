"""A visitor on the demo page, as somebody who looks at the screen and at the wire sees them."""

import json
from base64 import urlsafe_b64decode
from typing import cast

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, WebSocket, expect

from tests.waiting import eventually

APOLOGY = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"
OFFLINE = "客服暂时不在线"
ONLINE = "客服在线"


class Visitor:
    """One page with the widget. `problems` is what the browser complained about."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.problems: list[str] = []
        self.accepted: list[str] = []
        """Ids of frames that the gateway accepted, in order, over all connections."""
        self._address = address
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._complain)
        page.on("websocket", self._listen)

    @property
    def widget(self) -> Locator:
        """The widget's element; locators see into its shadow root."""
        return self.page.locator("frontdesk-widget")

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.widget.locator(".launcher")

    @property
    def input(self) -> Locator:
        """Where the visitor writes."""
        return self.widget.locator(".composer textarea")

    async def visit(self) -> None:
        """Load the page, and wait for the widget to be connected."""
        await self.page.goto(self._address)
        await expect(self.widget.locator(".status")).not_to_be_empty()

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload()
        await expect(self.widget.locator(".status")).not_to_be_empty()

    async def open(self) -> None:
        """Open the window by a click."""
        await self.launcher.click()
        await expect(self.input).to_be_visible()

    async def send(self, text: str) -> None:
        """Write a message and press Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def track(self, event: str) -> None:
        """Have the page track an event."""
        await self.page.evaluate("(event) => Frontdesk.track(event)", event)

    def bubbles(self, text: str) -> Locator:
        """Every bubble with exactly this text."""
        return self.widget.locator(".bubble .text").get_by_text(text, exact=True)

    async def texts(self) -> list[str]:
        """What all bubbles say, top to bottom."""
        return await self.widget.locator(".bubble .text").all_inner_texts()

    async def settled(self) -> None:
        """Return when nothing that was written is still on its way."""
        await expect(self.widget.locator(".row:not(.stored)")).to_have_count(0)

    async def still(self) -> None:
        """Return when nothing moves any more."""
        trees = "[document, document.querySelector('frontdesk-widget').shadowRoot]"
        moving = f"{trees}.flatMap((tree) => tree.getAnimations()).map(({{finished}}) => finished)"
        await self.page.evaluate(f"Promise.allSettled({moving})")

    async def id(self) -> str:
        """The visitor's id, from the token that the page keeps."""
        token = await self.page.evaluate("localStorage.getItem('frontdesk.default.token')")
        payload = str(token).split(".")[1]
        claims = cast("dict[str, str]", json.loads(urlsafe_b64decode(payload + "==")))
        return claims["sub"]

    async def nothing_unsent(self) -> None:
        """Return when the gateway has accepted everything that the page recorded."""
        count = "Object.keys(localStorage).filter((key) => key.includes('.outbox.')).length"

        async def is_empty() -> bool:
            return await self.page.evaluate(count) == 0

        await eventually(is_empty)

    def _complain(self, message: ConsoleMessage) -> None:
        # A connection that is refused while the gateway is away is no fault of the page.
        if message.type in {"error", "warning"} and "WebSocket connection" not in message.text:
            self.problems.append(message.text)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)

    def _received(self, data: str | bytes) -> None:
        frame = cast("dict[str, str]", json.loads(data))
        if frame["type"] == "accepted":
            self.accepted.append(frame["id"])
