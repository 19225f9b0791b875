"""What flows ask in the widget: answered by a click or by keyboard, once, and still answered after a reload."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.asking import CONTACT, HAPPY, LOOKS, QUESTION, activate
from tests.browser.visitor import Visitor
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def flows(frontdesk_up: Product, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The flows that ask are active."""
    activate(frontdesk_up, tmp_path_factory.mktemp("flows"))


def choices(visitor: Visitor) -> Locator:
    """The answers that can be pressed."""
    return visitor.widget.get_by_role("group", name="可选的回答").get_by_role("button")


async def test_quick_replies(visitor: Visitor) -> None:
    """A click is the visitor's message; the chips are gone at once, and stay gone after a reload."""
    await visitor.open()
    await visitor.track("ask-quick")
    await expect(visitor.bubbles(QUESTION["zh"])).to_have_count(1)
    await expect(choices(visitor)).to_have_text(["茶叶", "茶具", "到店品茶"])
    await choices(visitor).nth(1).click()
    await expect(visitor.bubbles("您选择了茶具。")).to_have_count(1)
    await expect(visitor.input).to_be_focused()
    await visitor.settled()
    said = await visitor.texts()
    assert said[-3:] == [QUESTION["zh"], "茶具", "您选择了茶具。"]
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles("您选择了茶具。")).to_have_count(1)
    await expect(choices(visitor)).to_have_count(0)
    assert await visitor.texts() == said


async def test_quick_replies_give_way_to_words(visitor: Visitor) -> None:
    """Whoever writes something else is understood, and the chips are gone."""
    await visitor.open()
    await visitor.track("ask-quick")
    await expect(choices(visitor)).to_have_count(3)
    await visitor.send("有礼盒吗？")
    await expect(choices(visitor)).to_have_count(0)
    await expect(visitor.bubbles("您说：有礼盒吗？")).to_have_count(1)


async def test_quick_replies_while_the_gateway_is_away(visitor: Visitor, frontdesk_up: Product) -> None:
    """A choice made meanwhile waits like a message, and arrives once."""
    await visitor.open()
    await visitor.track("ask-quick")
    await expect(choices(visitor)).to_have_count(3)
    frontdesk_up.kill_service("widget-gateway")
    await choices(visitor).first.click()
    await expect(choices(visitor)).to_have_count(0)
    await expect(visitor.bubbles("您选择了茶叶。")).to_have_count(1, timeout=20_000)
    await visitor.settled()
    assert (await visitor.texts()).count("茶叶") == 1


async def test_form(visitor: Visitor) -> None:
    """Filled in by keyboard, field by field, with each checked and kept; nothing else can be written meanwhile."""
    page, form = visitor.page, visitor.widget.locator(".form")
    await visitor.open()
    await visitor.input.fill("half a sen")
    await visitor.track("ask-form")
    await expect(visitor.bubbles(CONTACT["zh"])).to_have_count(1)
    await expect(visitor.input).to_be_disabled()
    await expect(visitor.input).to_have_attribute("placeholder", "请先填写上面的表单")
    await expect(form.locator(".count")).to_have_text("1/3")
    await form.get_by_label("姓名，第 1 项，共 3 项").press("Enter")
    await expect(form.get_by_role("alert")).to_have_text("请填写这一项")
    await page.keyboard.type("李雷")
    await page.keyboard.press("Enter")
    await expect(form.locator(".filled li")).to_have_text(["已填写：姓名李雷"])

    await visitor.nothing_unsent()
    await visitor.reload()
    await visitor.open()
    await expect(form.locator(".count")).to_have_text("2/3")
    email = form.get_by_label("邮箱，第 2 项，共 3 项")
    await expect(email).to_have_attribute("type", "email")
    await email.fill("lilei@")
    await email.press("Enter")
    await expect(form.get_by_role("alert")).to_have_text("请输入有效的邮箱地址")
    await expect(email).to_have_attribute("aria-invalid", "true")
    await email.fill("lilei@shop.example")
    await email.press("Enter")

    await expect(form.get_by_label("想喝哪种")).to_be_focused()
    await form.get_by_label("想喝哪种").select_option("银针")
    await form.get_by_role("button", name="保存").click()
    await expect(visitor.bubbles("谢谢您，李雷！")).to_have_count(1)
    await expect(form.locator(".filled li .value")).to_have_text(["李雷", "lilei@shop.example", "银针"])
    await expect(form.locator(".entry")).to_have_count(0)
    await expect(visitor.input).to_be_focused()
    await expect(visitor.input).to_have_value("half a sen")
    await visitor.nothing_unsent()
    await visitor.reload()
    await visitor.open()
    await expect(form.locator(".filled li")).to_have_count(3)
    await expect(form.locator(".entry")).to_have_count(0)


async def test_survey(visitor: Visitor) -> None:
    """Three answers, one of which is given; it stays given after a reload."""
    await visitor.open()
    await visitor.track("ask-survey")
    await expect(visitor.bubbles(HAPPY["zh"])).to_have_count(1)
    await expect(choices(visitor)).to_have_text(["不满意", "满意", "非常满意"])
    await choices(visitor).last.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.bubbles("谢谢您的评价！")).to_have_count(1)
    await expect(visitor.bubbles("非常满意")).to_have_count(1)
    await visitor.settled()
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles("谢谢您的评价！")).to_have_count(1)
    await expect(choices(visitor)).to_have_count(0)


async def test_appearance(visitor: Visitor) -> None:
    """A flow changes title, welcome, colours and the time of reply while one looks, and for the next page load."""
    widget = visitor.widget
    await visitor.open()
    await visitor.track("set-looks")
    for _ in range(2):
        await expect(widget.locator("h2")).to_have_text(LOOKS["title"])
        await expect(widget.locator(".welcome")).to_have_text(LOOKS["welcome"])
        await expect(widget.locator(".status")).to_contain_text(LOOKS["reply_time"])
        await expect(widget.locator(".conversation")).to_have_css("background-color", "rgb(251, 243, 228)")
        await expect(visitor.launcher).to_have_css("background-color", "rgb(138, 59, 18)")
        await visitor.reload()
