"""The widget on a page: by keyboard, by script, and safe."""

import pytest
from playwright.async_api import expect

from tests.browser.visitor import APOLOGY, Visitor

pytestmark = pytest.mark.browser


async def test_keyboard(visitor: Visitor) -> None:
    """Opened, written in and closed without a mouse; the focus goes where one expects it."""
    await visitor.launcher.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.input).to_be_focused()
    await visitor.page.keyboard.type("one")
    await visitor.page.keyboard.press("Shift+Enter")
    await visitor.page.keyboard.type("two")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.bubbles("one\ntwo")).to_have_count(1)
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.input).not_to_be_visible()
    await expect(visitor.launcher).to_be_focused()


async def test_text_is_text(visitor: Visitor) -> None:
    """Markup in a message is shown, never made."""
    markup = '<img src="x" onerror="document.title = 1"><script>document.title = 2</script>'
    await visitor.open()
    await visitor.send(markup)
    await expect(visitor.bubbles(markup)).to_have_count(1)
    assert await visitor.widget.locator("img, script").count() == 0


async def test_message_while_closed(visitor: Visitor) -> None:
    """It shows beside the launcher with a count, until the window is opened."""
    await visitor.page.evaluate("Frontdesk.open(); Frontdesk.close()")
    await expect(visitor.widget.locator(".peek")).to_contain_text(APOLOGY)
    await expect(visitor.widget.locator(".badge")).to_have_text("1")
    await visitor.reload()
    await expect(visitor.widget.locator(".badge")).to_have_text("1")
    await visitor.widget.locator(".peek .said").click()
    await expect(visitor.input).to_be_visible()
    await expect(visitor.widget.locator(".badge")).to_be_hidden()
    await visitor.reload()
    await expect(visitor.launcher).to_have_attribute("aria-label", "打开聊天")


async def test_page_tracks_events(visitor: Visitor) -> None:
    """The shop's buttons and the page's own calls become accepted events."""
    await visitor.nothing_unsent()
    before = len(visitor.accepted)
    await visitor.page.get_by_role("button", name="加入茶篮").first.click()
    await visitor.page.evaluate("Frontdesk.track('webclick', {x: 1})")
    await visitor.page.evaluate("Frontdesk.set({plan: 'gold'})")
    await visitor.nothing_unsent()
    assert len(visitor.accepted) == before + 3


async def test_page_opens_and_sends(visitor: Visitor) -> None:
    """`Frontdesk.open`, `send`, `on` and `close` do what they say."""
    await visitor.page.evaluate("Frontdesk.on('close', () => (document.title = 'closed'))")
    await visitor.page.evaluate("Frontdesk.open(); Frontdesk.send('from the page')")
    await expect(visitor.bubbles("from the page")).to_have_count(1)
    await visitor.page.evaluate("Frontdesk.close()")
    await expect(visitor.page).to_have_title("closed")


async def test_draft_survives_a_reload(visitor: Visitor) -> None:
    """What was typed and not sent is there again."""
    await visitor.open()
    await visitor.input.press_sequentially("half a sen")
    await visitor.reload()
    await visitor.open()
    await expect(visitor.input).to_have_value("half a sen")
