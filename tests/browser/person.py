"""Somebody who uses the console, as one who looks at the screen sees it."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from contracts.ids import AgentId
from services.chassis.embedded import DataFolder
from services.chassis.sign_in_link import console_link
from tests.product import Product

Language = Literal["zh", "en"]
Scheme = Literal["light", "dark"]
LOCALES: Mapping[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
FIRST = AgentId("agent-1")

_EXPECTED = (
    # Asked for on purpose, and answered by a refusal that the page tells of.
    "Failed to load resource",
    "WebSocket connection",
)


class Person:
    """One browser profile with the console open. `problems` is what the browser complained about."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.address = address
        self.problems: list[str] = []
        self.watch(page)

    def watch(self, page: Page) -> None:
        """Hear what the browser complains about on another page of this profile."""
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._complain)

    async def go(self, path: str) -> None:
        """Open a page of the console by its address."""
        await self.page.goto(self.address + path)

    async def api(self, method: str, path: str, body: object = None) -> bytes:
        """Ask the service as the page does; the answer's bytes. Fails when it is refused."""
        cookies = {cookie.get("name"): cookie.get("value") for cookie in await self.context.cookies()}
        headers = {"X-CSRF-Token": cookies.get("frontdesk_csrf") or "", "Content-Type": "application/json"}
        data = None if body is None else msgspec.json.encode(body)
        response = await self.page.request.fetch(
            f"{self.address}/api{path}", method=method, headers=headers, data=data
        )
        answer = await response.body()
        assert response.ok, (response.status, answer)
        return answer

    def line(self, flow: str) -> Locator:
        """A flow's line of the list."""
        return self.page.locator(f'tr[data-flow="{flow}"]')

    async def choose(self, flow: str, *names: str) -> None:
        """Take an entry of a line's menu; of several the one that is there."""
        await self.line(flow).get_by_role("button").click()
        for name in names:
            await self.page.get_by_role("menuitem", name=name, exact=True).click()

    async def notice(self, text: str) -> None:
        """Return when a notice says this."""
        await expect(self.page.locator(".mantine-Notification-root", has_text=text).last).to_be_visible()

    def _complain(self, message: ConsoleMessage) -> None:
        is_expected = any(words in message.text for words in _EXPECTED)
        if message.type in {"error", "warning"} and not is_expected:
            self.problems.append(message.text)


class People:
    """Those who use the console of one product, each with a profile of their own."""

    def __init__(self, browser: Browser, product: Product) -> None:
        self._browser = browser
        self.product = product
        self.all: list[Person] = []

    async def arrive(self, *, language: Language = "zh") -> Person:
        """Somebody at the door."""
        person = await arrive(self._browser, self.product, language=language)
        self.all.append(person)
        return person

    async def sign_in(self, agent: AgentId = FIRST, *, language: Language = "zh") -> Person:
        """The agent, signed in by a link, at the list of flows."""
        person = await self.arrive(language=language)
        await _enter(person, fresh_link(self.product, agent))
        return person

    async def leave(self) -> None:
        """Close every profile; fails if a browser complained."""
        for person in self.all:
            await person.context.close()
        assert [problem for person in self.all for problem in person.problems] == []


def origin(product: Product) -> str:
    """Where the console is."""
    return product.addresses.console.partition("/sign-in")[0]


def fresh_link(product: Product, agent: AgentId = FIRST) -> str:
    """A link that nobody used: the one that `up` printed may have been used by another test."""
    secret = DataFolder(product.data).secret("frontdesk")
    return console_link(secret, origin(product), agent=agent)


async def arrive(
    browser: Browser, product: Product, *, language: Language = "zh", scheme: Scheme = "light"
) -> Person:
    """Somebody with a profile of their own, at the door."""
    context = await browser.new_context(
        locale=LOCALES[language],
        color_scheme=scheme,
        viewport={"width": 1440, "height": 900},
        accept_downloads=True,
    )
    context.set_default_timeout(10_000)
    return Person(context, await context.new_page(), origin(product))


async def sign_in(
    browser: Browser,
    product: Product,
    agent: AgentId = FIRST,
    *,
    language: Language = "zh",
    scheme: Scheme = "light",
) -> Person:
    """The agent, signed in by a link, at the list of flows."""
    person = await arrive(browser, product, language=language, scheme=scheme)
    await _enter(person, fresh_link(product, agent))
    return person


async def _enter(person: Person, link: str) -> None:
    # What the link opens is seen by the tests of signing in; drawing it each time would take half of all others.
    entered = await person.page.request.get(link, max_redirects=0)
    assert "problem" not in entered.headers["location"], entered.headers
    await person.go("/flows")
    # The first page of a product that has just started, on a busy machine.
    await expect(person.page.locator("tr[data-flow]").first).to_be_visible(timeout=30_000)
