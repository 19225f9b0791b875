"""An agent at the inbox, as somebody who looks at the screen sees it."""

from typing import Self

from playwright.async_api import Locator, Page, expect

from contracts.ids import AgentId
from tests.browser.person import FIRST, People, Person, fresh_link

PHONE = {"width": 375, "height": 720}


class Desk:
    """The inbox in one tab."""

    def __init__(self, person: Person, page: Page) -> None:
        self.person = person
        self.page = page

    @classmethod
    async def take(cls, people: People, agent: AgentId = FIRST, *, is_phone: bool = False) -> Self:
        """The agent signs in by a link, and is at the list of conversations."""
        person = await people.arrive()
        if is_phone:
            await person.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        await person.page.goto(fresh_link(people.product, agent))
        await expect(person.page.locator("#page")).to_be_attached()
        desk = cls(person, person.page)
        await desk.go("/inbox")
        return desk

    async def another_tab(self) -> Self:
        """The same inbox in one more tab of the same browser."""
        page = await self.person.context.new_page()
        self.person.watch(page)
        tab = type(self)(self.person, page)
        await tab.go("/inbox")
        return tab

    async def go(self, path: str) -> None:
        """Open a page of the console by its address."""
        await self.page.goto(self.person.address + path)
        await expect(self.page.get_by_role("searchbox")).to_be_attached()

    @property
    def input(self) -> Locator:
        """Where replies and notes are written."""
        return self.page.locator("form textarea").first

    def row(self, visitor: str) -> Locator:
        """A conversation's line of the list."""
        return self.page.locator(f'a[data-visitor="{visitor}"]')

    def message(self, text: str) -> Locator:
        """What was said in the open conversation, with exactly this text."""
        return self.page.get_by_role("log").locator("article", has=self.page.get_by_text(text, exact=True))

    async def ground(self, text: str) -> str:
        """The colour behind a message, as CSS computes it."""
        bubble = self.message(text).locator("div", has_text=text).last
        return str(await bubble.evaluate("(bubble) => getComputedStyle(bubble).backgroundColor"))

    async def open(self, visitor: str) -> None:
        """Open a conversation from the list."""
        await self.row(visitor).click()
        await expect(self.input).to_be_visible()

    async def reply(self, text: str) -> None:
        """Write to the visitor, and press Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def note(self, text: str) -> None:
        """Write something down for the team."""
        await self._kind("备注")
        await self.input.fill(text)
        await self.page.get_by_role("button", name="保存备注").click()
        await self._kind("回复")

    async def settled(self) -> None:
        """Return when nothing that was written is still on its way."""
        await expect(self.page.locator("article[data-outgoing]")).to_have_count(0, timeout=20_000)

    async def _kind(self, word: str) -> None:
        await self.page.locator("form").get_by_text(word, exact=True).click()
