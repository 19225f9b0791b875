"""No serious violation on any face of the widget, nor on the shop's page; every control by keyboard."""

import pytest
from playwright.async_api import expect

from tests.browser.asking import CONTACT, HAPPY, QUESTION, activate
from tests.browser.axe import violations
from tests.browser.conftest import PHONE, WIDE, NewVisitor
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def flows(frontdesk_up: Product, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The flows that ask are active."""
    activate(frontdesk_up, tmp_path_factory.mktemp("flows"))


async def is_clean(visitor: Visitor) -> None:
    """Nothing serious is wrong with what shows now."""
    await visitor.still()
    assert await violations(visitor.page) == []


@pytest.mark.parametrize(
    ("locale", "scheme", "is_phone"), [("zh-CN", "light", False), ("en-GB", "dark", True)]
)
async def test_axe(new_visitor: NewVisitor, locale: str, scheme: str, is_phone: bool) -> None:
    """Closed, with a message beside the launcher, open, with chips, a form and its error, a survey, other colours."""
    visitor = await new_visitor(
        locale=locale, scheme="dark" if scheme == "dark" else "light", viewport=PHONE if is_phone else WIDE
    )
    language = locale[:2]
    await is_clean(visitor)
    await visitor.page.evaluate("Frontdesk.open(); Frontdesk.close()")
    await expect(visitor.widget.locator(".peek")).to_be_visible()
    await is_clean(visitor)
    await visitor.open()
    await visitor.track("ask-quick")
    await expect(visitor.bubbles(QUESTION[language])).to_have_count(1)
    await is_clean(visitor)
    await visitor.send("…")
    await visitor.track("ask-form")
    await expect(visitor.bubbles(CONTACT[language])).to_have_count(1)
    await visitor.widget.locator(".form input").press("Enter")
    await expect(visitor.widget.locator(".problem")).not_to_be_empty()
    await is_clean(visitor)
    await visitor.track("ask-survey")
    await expect(visitor.bubbles(HAPPY[language])).to_have_count(1)
    await visitor.track("set-looks")
    await expect(visitor.launcher).to_have_css("background-color", "rgb(138, 59, 18)")
    await is_clean(visitor)


FOCUSED = """() => {
  const it = document.querySelector('frontdesk-widget').shadowRoot.activeElement;
  const around = it.closest('form') ?? it;
  const isSeen = getComputedStyle(it).outlineStyle !== 'none' || getComputedStyle(around).boxShadow !== 'none';
  return [it.className || it.localName, isSeen];
}"""


async def test_keyboard_alone(visitor: Visitor) -> None:
    """Through the launcher into the window, through all of it and out again, and always one sees where one is."""
    page = visitor.page
    await visitor.track("ask-quick")
    await visitor.launcher.focus()
    await page.keyboard.press("Enter")
    await expect(visitor.widget.get_by_role("group").get_by_role("button")).to_have_count(3)
    for name in ("textarea", "choice", "choice", "choice", "conversation"):
        assert await page.evaluate(FOCUSED) == [name, True]
        await page.keyboard.press("Shift+Tab")
    await visitor.widget.get_by_role("button", name="茶具").focus()
    await page.keyboard.press("Space")
    await expect(visitor.bubbles("您选择了茶具。")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(visitor.launcher).to_be_focused()


async def test_news_is_read_out(visitor: Visitor) -> None:
    """The window has a name, its messages are a live log, and each says who speaks."""
    await visitor.open()
    await expect(visitor.widget.get_by_role("dialog")).to_have_accessible_name("在线客服")
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await expect(visitor.widget.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await expect(visitor.widget.locator(".bubble")).to_have_text([f"机器人: {APOLOGY}"])
