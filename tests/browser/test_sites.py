"""The widget on other sites' pages: under a strict policy, without storage, with old snippets, for customers."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, expect

from contracts.chat import Linked
from contracts.visitor import EventTracked, ProfileUpdated, VisitorEvent
from services.chassis.bus import Bus
from tests.browser.asking import QUESTION, activate
from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, identity
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually
from tests.widget_gateway.running import chat_of, events_of

pytestmark = pytest.mark.browser

CUSTOMER = re.compile("^u_")
QUEUE = "<script>window.frontdesk = window.frontdesk || [];</script>"


@pytest.fixture(scope="module", autouse=True)
def flows(frontdesk_up: Product, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Flows with texts for each language."""
    activate(frontdesk_up, tmp_path_factory.mktemp("flows"))


def script(product: Product, more: str = 'data-team="default"') -> str:
    """What a page has in its head."""
    return f'<script async src="{product.addresses.gateway}/widget.js" {more}></script>'


async def test_strict_policy(new_visitor: NewVisitor, frontdesk_up: Product, site: Site) -> None:
    """A page that lets nothing in but one nonce, and demands trusted types, has its chat whole."""
    gateway = frontdesk_up.addresses.gateway
    policy = (
        "default-src 'none'; base-uri 'none'; script-src 'nonce-abc123' 'strict-dynamic'; style-src 'none';"
        f" img-src data:; connect-src {gateway} {gateway.replace('http', 'ws')};"
        " require-trusted-types-for 'script'; trusted-types frontdesk"
    )
    address = site.put("/strict", script(frontdesk_up, 'nonce="abc123"'), policy=policy)
    visitor = await new_visitor(address)
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await expect(visitor.launcher).to_have_css("border-radius", "50%")
    await expect(visitor.widget.locator(".panel")).to_have_css("border-radius", "20px")
    await visitor.send("strictly speaking")
    await visitor.settled()


async def test_page_without_storage(new_visitor: NewVisitor, frontdesk_up: Product, site: Site) -> None:
    """Where storage is refused the page's memory does: everything works, and a reload is a new visitor."""
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    visitor = await new_visitor(site.put("/refused", script(frontdesk_up)), before=refuse)
    await visitor.open()
    frontdesk_up.kill_service("widget-gateway")
    await visitor.send("kept in memory")
    await expect(visitor.widget.locator(".row:not(.stored)")).to_have_count(0, timeout=20_000)
    assert await visitor.texts() == [APOLOGY, "kept in memory"]
    await visitor.reload()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    assert await visitor.texts() == [APOLOGY]


SNIPPET = """
<script>
window.ppSettings = {
  hide_launcher: true,
  app_uuid: "8c9acf5e-545c-11e9-999c-58b035f16bf4",
  ent_user_id: "4711", ent_user_name: "李雷", ent_user_icon: null, ent_user_mobile: "13800001234"
};
(function(){
  var w=window,d=document;
  function l() {
    var a=d.createElement('script');
    a.type='text/javascript';
    a.async=!0;
    a.charset='utf-8';
    a.src='SERVER/ppcom/assets/pp-library.min.js';
    var b=d.getElementsByTagName('script')[0];
    b.parentNode.insertBefore(a,b)
  }
  w.attachEvent?w.attachEvent('onload',l):w.addEventListener('load',l,!1);
})();
// What the snippet below needs of jQuery.
window.$ = (target) => ({on: (name, call) => target.addEventListener(name, call)});
$(document).on("click", function(event) {
if (!window._ppmatc) {
  window._ppmatc = [ ];
}
window._ppmatc.push({
  track_event: {
    event_name: "webclick",
    event_uuid: "0fc050ec-cb6f-11e8-b697-00163e0c79f6 ",
    event_data: {
      x: event.pageX,
      y: event.pageY,
      page_url: window.location.href
    },
    event_timestamp: Math.round(new Date().getTime()/1000)
  }
});
});
document.addEventListener("DOMContentLoaded", () => document.querySelector("h1").click());
</script>
"""
"""As its documents have them: installation with a hidden launcher, the named customer, the tracked click."""


async def test_snippets_of_ppmessage(
    new_visitor: NewVisitor, frontdesk_up: Product, site: Site, bus: Bus
) -> None:
    """With the host changed they work: what was pushed before the script is there, is there."""
    head = SNIPPET.replace("SERVER", frontdesk_up.addresses.gateway)
    visitor = await new_visitor(site.put("/pp", head))
    page = visitor.page
    await expect(visitor.launcher).to_be_hidden()
    await page.evaluate(
        "() => { PP.onShow(() => document.title = 'shown'); PP.onHide(() => document.title = 'hidden') }"
    )
    await page.evaluate("window.PP.open()")
    await expect(page).to_have_title("shown")
    assert await page.evaluate("PP.isOpen()")
    await page.evaluate("window.PP.close()")
    await expect(page).to_have_title("hidden")
    await page.evaluate('window.PP.send("您好，我想咨询关于退货事项")')
    await expect(visitor.bubbles("您好，我想咨询关于退货事项")).to_be_visible()
    await visitor.widget.locator(".close").click()
    assert not await page.evaluate("PP.isOpen()")
    said = "new Promise((ok, fail) => PP.setVar({extra_field_TEXT_1: 'Hello World'}, () => ok('set'), fail))"
    assert await page.evaluate(said) == "set"
    await visitor.nothing_unsent()

    events = await events_of(bus, await visitor.id())
    click, *_ = [event for event in events if isinstance(event, EventTracked) and event.uuid]
    assert (click.event, click.uuid) == ("webclick", "0fc050ec-cb6f-11e8-b697-00163e0c79f6")
    assert b"page_url" in bytes(click.data)
    assert [event.fields for event in events if isinstance(event, ProfileUpdated)] == [
        {"ent_user_id": "4711", "user_fullname": "李雷", "user_mobile": "13800001234"},
        {"extra_field_TEXT_1": "Hello World"},
    ]


async def test_data_that_is_no_json(
    new_visitor: NewVisitor, frontdesk_up: Product, site: Site, bus: Bus
) -> None:
    """An event with such data is told of and left out; what the page says after it counts, and nothing is thrown."""
    own = "const own = {}; own.own = own"
    calls = f"{own}; frontdesk.push(['track', 'own', own], ['track', 'big', 1n], ['track', 'good'])"
    visitor = await new_visitor(
        site.put("/no-json", f"{QUEUE}<script>{calls}</script>{script(frontdesk_up)}")
    )
    await visitor.page.evaluate("Frontdesk.track('window', window)")
    await visitor.nothing_unsent()
    events = await events_of(bus, await visitor.id())
    assert [event.event for event in events if isinstance(event, EventTracked)] == ["good"]
    assert visitor.problems == [
        f'Frontdesk.track("{event}"): the data is no JSON' for event in ("own", "big", "window")
    ]
    visitor.problems.clear()


async def test_place_of_ppmessage(new_visitor: NewVisitor, frontdesk_up: Product, site: Site) -> None:
    """The launcher's margins and the window's place are those of `ppSettings.view`."""
    view = (
        "<script>window.ppSettings = {view: {launcher_bottom_margin: '200px', launcher_right_margin: '30px',"
        " launcher_is_show: true, launch_style: {mode: 'custom', position: 'left', bottom: 100}}}</script>"
    )
    visitor = await new_visitor(site.put("/placed", view + script(frontdesk_up)))
    # By script: under the mouse the launcher would rise.
    await visitor.page.evaluate("Frontdesk.open()")
    await expect(visitor.input).to_be_visible()
    await visitor.still()
    launcher, panel = (
        await visitor.launcher.bounding_box(),
        await visitor.widget.locator(".panel").bounding_box(),
    )
    assert launcher
    assert panel
    assert (launcher["x"] + launcher["width"], launcher["y"] + launcher["height"]) == (1170, 620)
    assert (panel["x"], panel["y"] + panel["height"]) == (24, 720)


async def test_customers(new_visitor: NewVisitor, frontdesk_up: Product, site: Site, bus: Bus) -> None:
    """Identified, the visitor has another history, on every device the same; logged out, the former one again."""
    open_page = site.put("/open", script(frontdesk_up))
    signed_in = site.put(
        "/signed-in",
        f"{QUEUE}<script>frontdesk.push(['identify', '{identity('ann')}'], ['on', 'ready',"
        f" ({{visitor}}) => (document.title = visitor)])</script>{script(frontdesk_up)}",
    )
    visitor = await new_visitor(open_page)
    await visitor.open()
    await visitor.send("as nobody")
    await visitor.settled()
    nobody = await visitor.id()

    await visitor.page.goto(signed_in)
    await expect(visitor.page).to_have_title(CUSTOMER)
    customer = await visitor.page.title()
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    await visitor.send("as Ann")
    await visitor.settled()
    assert await visitor.texts() == [APOLOGY, "as Ann"]

    phone = await new_visitor(signed_in)
    await expect(phone.page).to_have_title(CUSTOMER)
    assert await phone.page.title() == customer
    await phone.open()
    await expect(phone.bubbles("as Ann")).to_have_count(1)

    await visitor.page.goto(open_page)
    await visitor.open()
    await expect(visitor.bubbles("as nobody")).to_have_count(1)
    assert await visitor.id() == nobody
    assert "as Ann" not in await visitor.texts()
    assert [e.anonymous for _, e in await chat_of(bus, customer) if isinstance(e, Linked)] == [nobody]


async def test_identity_that_is_none(new_visitor: NewVisitor, frontdesk_up: Product, site: Site) -> None:
    """The page is told `bad_identity`, the visitor that there is no chat; a good one mends it."""
    visitor = await new_visitor(site.put("/wrong", script(frontdesk_up)))
    await visitor.page.evaluate("Frontdesk.on('error', ({code}) => (document.title = code))")
    await visitor.page.evaluate("Frontdesk.identify('forged')")
    await expect(visitor.page).to_have_title("bad_identity")
    await visitor.open()
    await expect(visitor.widget.locator(".notice")).to_have_text("聊天暂时不可用")
    await visitor.send("anybody?")
    assert [problem for problem in visitor.problems if "bad_identity" in problem]
    visitor.problems.clear()
    await visitor.page.evaluate("(word) => Frontdesk.identify(word)", identity("mended"))
    await visitor.settled()
    await expect(visitor.widget.locator(".notice")).to_be_empty()


async def test_tabs_that_come_at_once(browser: Browser, frontdesk_up: Product, site: Site, bus: Bus) -> None:
    """A browser that nobody knows opens three: they are one visitor, who loaded the widget three times."""
    address = site.put("/tabs", script(frontdesk_up))
    context = await browser.new_context(locale="zh-CN")
    tabs = [Visitor(context, await context.new_page(), address) for _ in range(3)]
    await asyncio.gather(*(tab.visit() for tab in tabs))
    for tab in tabs:
        await tab.nothing_unsent()

    async def loaded() -> list[VisitorEvent]:
        events = await events_of(bus, await tabs[0].id())
        return events if len(events) >= 3 else []

    assert len(await eventually(loaded)) == 3
    await tabs[0].page.evaluate("Frontdesk.open(); Frontdesk.close()")
    await expect(tabs[1].widget.locator(".badge")).to_have_text("1")
    await tabs[0].open()
    # Read here is read there.
    await expect(tabs[1].widget.locator(".badge")).to_be_hidden()
    assert [tab.problems for tab in tabs] == [[], [], []]
    await context.close()


async def test_locale_of_the_page(new_visitor: NewVisitor, frontdesk_up: Product, site: Site) -> None:
    """The widget speaks the browser's language, or the one that the page says, its robot too."""
    english = await new_visitor(site.put("/browser", script(frontdesk_up)), locale="en-GB")
    await expect(english.launcher).to_have_attribute("aria-label", "Open chat")
    await english.open()
    await expect(english.widget.locator("h2")).to_have_text("Chat with us")
    await english.track("ask-quick")
    await expect(english.bubbles(QUESTION["en"])).to_have_count(1)
    chinese = await new_visitor(site.put("/page", script(frontdesk_up, 'data-locale="page"')), locale="en-GB")
    await expect(chinese.launcher).to_have_attribute("aria-label", "打开聊天")
    await chinese.track("ask-quick")
    await expect(chinese.bubbles(QUESTION["zh"])).to_have_count(1)
