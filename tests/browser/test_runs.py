"""The run explorer: a visitor's runs, step by step and as they come, what would have been, and why nothing ran."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from msgspec import structs
from playwright.async_api import Browser, Locator, Page, expect

from contracts.console import Draft
from contracts.ids import AgentId
from contracts.requests import FlowTested, FlowVersion, RunSummary
from tests.browser import asking
from tests.browser.axe import violations
from tests.browser.person import Person, arrive, sign_in
from tests.browser.runs import runs_of
from tests.browser.visitor import APOLOGY, Visitor
from tests.product import Product
from tests.waiting import eventually_sync

pytestmark = pytest.mark.browser

OFFLINE = "agents-offline-message"
NOBODY: dict[str, asking.Nodes] = {
    "ask-nobody": {
        "who": {"type": "assign_any", "name": "谁在", "online_only": True, "next": {"SUCCESS": "end"}}
    }
}
MEI, EMAIL, PASSWORD = AgentId("mei"), "mei@shop.example", "a long enough password"


@pytest.fixture(scope="module")
def frontdesk_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of this module's own, with flows that ask, and a second admin."""
    folder = tmp_path_factory.mktemp("runs")
    product = Product(folder / "data")
    product.start()
    asking.activate(product, folder)
    asking.activate(product, folder, NOBODY)
    added = product.run("team", "agents", "add", MEI, "--name", "Mei", "--email", EMAIL, "--role", "admin")
    assert added.returncode == 0, added.stderr
    yield product
    product.stop()
    assert product.process.stdout is not None
    product.process.stdout.close()


async def apologised(visitor: Visitor, product: Product) -> RunSummary:
    """The run by which the robot apologised to the visitor."""
    await visitor.open()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    return run_of(product, await visitor.id(), OFFLINE)


def run_of(product: Product, visitor: str, flow: str) -> RunSummary:
    """The visitor's newest run of that flow."""
    found = eventually_sync(
        lambda: [run for run in runs_of(product, visitor) if run.flow == flow], within_s=10
    )
    return found[0]


def node(page: Page, name: str, role: str) -> Locator:
    """The node's box on the canvas, if it is set off so."""
    return page.locator(f'.react-flow__node[data-id="{name}"][class*="_{role}_"]')


def edge(page: Page, key: str, role: str) -> Locator:
    """The edge's line on the canvas, if it is set off so."""
    return page.locator(f'.react-flow__edge[data-id="{key}"] path[class*="_{role}_"]')


def step_of(page: Page) -> str:
    """The step that the address names; empty: the run is followed."""
    return parse_qs(urlsplit(page.url).query).get("step", [""])[0]


async def test_a_run_is_stepped_by_keys(browser: Browser, visitor: Visitor, frontdesk_up: Product) -> None:
    """From the list by Enter, through the run by ←, → and Home: canvas, facts, widget and address go along."""
    run = await apologised(visitor, frontdesk_up)
    mei = await sign_in(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go(f"/runs?visitor={run.visitor}&flow={OFFLINE}")
    row = page.locator(f'[role=row][data-run="{run.run}"]')
    await expect(row).to_contain_text("Completed")
    assert await violations(page) == []
    await row.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Step 5 of 5", exact=True)).to_be_visible()
    await expect(node(page, "end", "current")).to_be_visible()
    await expect(edge(page, "start SUCCESS", "taken")).to_have_css("stroke", "rgb(15, 118, 110)")
    await page.emulate_media(color_scheme="dark")
    await expect(edge(page, "start SUCCESS", "taken")).to_have_css("stroke", "rgb(56, 194, 174)")
    await page.emulate_media(color_scheme="light")

    await page.keyboard.press("Home")
    await expect(page.get_by_text("Step 1 of 5", exact=True)).to_be_visible()
    window = page.get_by_role("region", name="What the visitor saw")
    await expect(window).not_to_contain_text(APOLOGY)
    await expect(node(page, "check", "ahead")).to_be_visible()

    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-step='3']")).to_contain_text("Agents online")
    await expect(page.locator("[data-step='3']")).to_contain_text("nobody")
    await expect(edge(page, "check TRUE", "current")).to_be_attached()
    assert step_of(page) == "3"
    await page.keyboard.press("ArrowRight")
    await expect(window).to_contain_text(APOLOGY)
    await page.keyboard.press("ArrowLeft")
    await expect(window).not_to_contain_text(APOLOGY)
    assert await violations(page) == []
    assert mei.problems == []
    await page.context.close()


async def test_a_what_if_takes_another_path_and_sends_nothing(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """A replay is equal; with somebody online the other path shows beside the record, and the visitor gets nothing."""
    run = await apologised(visitor, frontdesk_up)
    before = runs_of(frontdesk_up, run.visitor)
    mei = await sign_in(browser, frontdesk_up, scheme="dark")
    page = mei.page
    await mei.go(f"/runs/{run.run}")
    await page.get_by_role("button", name="重放与假设").click()
    await expect(page.locator("[data-kind=equal]")).to_contain_text("什么都不会发送")

    await page.locator("[data-fact=agents_online] label", has_text="agent-1").click()
    verdict = page.locator("[data-kind=other_path]")
    await expect(verdict).to_contain_text("从第 3 步起走了另一条路径")
    await expect(verdict).to_contain_text("什么都不会发送")
    await expect(edge(page, "check FALSE", "other")).to_be_attached()
    await expect(edge(page, "check TRUE", "taken")).to_be_attached()
    await expect(edge(page, "start SUCCESS", "both")).to_be_attached()
    rows = page.get_by_role("row")
    await expect(rows.nth(3)).to_contain_text("TRUE")
    await expect(rows.nth(3)).to_contain_text("FALSE")
    await expect(page.get_by_role("region", name="访客看到的", exact=True)).to_contain_text(APOLOGY)
    await expect(page.get_by_role("region", name="访客会看到的", exact=True)).not_to_contain_text(APOLOGY)
    assert await violations(page) == []

    await page.get_by_role("button", name="全部还原").click()
    await expect(page.locator("[data-kind=equal]")).to_be_visible()
    await visitor.nothing_unsent()
    await expect(visitor.bubbles(APOLOGY)).to_have_count(1)
    assert runs_of(frontdesk_up, run.visitor) == before
    assert mei.problems == []
    await page.context.close()


async def test_a_scenario_made_of_a_run_passes(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """It stands in the flow's draft, holds for the flow, and can be copied as TOML."""
    run = await apologised(visitor, frontdesk_up)
    mei = await sign_in(browser, frontdesk_up, MEI, language="en")
    page = mei.page
    await mei.go(f"/runs/{run.run}")
    await page.get_by_role("button", name="Make a scenario").click()
    await page.get_by_label("Name of the scenario").fill("as on that evening")
    await page.get_by_role("button", name="Copy as TOML").click()
    toml = page.get_by_label("TOML", exact=True)
    await expect(toml).to_have_value(re.compile(r'^\[\[scenarios\]\]\nname += "as on that evening"\n'))
    await page.get_by_role("button", name="Add to the flow's draft").click()
    await expect(page.get_by_text("The scenario is in the draft")).to_be_visible()
    assert await violations(page) == []

    draft = msgspec.json.decode(await mei.api("GET", f"/flows/{OFFLINE}/draft"), type=Draft)
    tested = msgspec.json.decode(
        await mei.api("POST", "/flows/test", {"definition": draft.definition}), type=FlowTested
    )
    result = next(result for result in tested.results if result.name == "as on that evening")
    assert result.passed, result.failures
    assert result.path == ("start SUCCESS", "check TRUE", "apologise SUCCESS", "end")
    assert result.messages == (APOLOGY,)
    await page.context.close()


async def test_a_waiting_run_goes_on_live(browser: Browser, visitor: Visitor, frontdesk_up: Product) -> None:
    """It says until when it waits; what the visitor chooses shows at once, in the run and in the list."""
    await visitor.open()
    await visitor.track("ask-quick")
    await expect(visitor.widget.locator(".choice")).to_have_count(3)
    run = run_of(frontdesk_up, await visitor.id(), "ask-quick")
    mei = await sign_in(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go(f"/runs/{run.run}")
    await expect(page.locator("[data-kind=waiting]")).to_contain_text("Waits at “ask”")
    window = page.get_by_role("region", name="What the visitor saw")
    await expect(window).to_contain_text("到店品茶")
    other = await mei.context.new_page()
    mei.watch(other)
    await other.goto(f"{mei.address}/runs?status=waiting&visitor={run.visitor}")
    row = other.locator(f'[role=row][data-run="{run.run}"]')
    await expect(row).to_be_visible()

    await visitor.widget.locator(".choice", has_text="茶具").click()
    await expect(page.get_by_text("Step 6 of 6", exact=True)).to_be_visible()
    await expect(window).to_contain_text("您选择了茶具。")
    await expect(page.locator("[data-kind=waiting]")).to_have_count(0)
    await expect(row).to_have_count(0)
    assert mei.problems == []
    await page.context.close()


async def test_a_waiting_run_is_cancelled_with_a_reason(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """The reason stays with the run, and the run is over."""
    await visitor.open()
    await visitor.track("ask-form")
    await expect(visitor.widget.get_by_label("姓名")).to_be_visible()
    run = run_of(frontdesk_up, await visitor.id(), "ask-form")
    mei = await sign_in(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go(f"/runs/{run.run}")
    await page.get_by_role("button", name="Cancel the run").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("asked by mistake")
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Cancel the run").click()
    await expect(page.locator("[data-kind=cancelled]")).to_contain_text("asked by mistake")
    await expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    await page.context.close()


async def test_filters_stay_in_the_address(browser: Browser, visitor: Visitor, frontdesk_up: Product) -> None:
    """What was filtered is filtered after a reload, and for whom the link is sent to."""
    run = await apologised(visitor, frontdesk_up)
    mei = await sign_in(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go(f"/runs?flow={OFFLINE}&visitor={run.visitor}")
    await page.get_by_role("combobox", name="Outcome taken").click()
    await page.get_by_role("option", name="判断座席是否离线 · TRUE").click()
    row = page.locator(f'[role=row][data-run="{run.run}"]')
    await expect(row).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"flow": [OFFLINE], "visitor": [run.visitor], "outcome": ["check TRUE"]}
    await page.reload()
    await expect(row).to_be_visible()
    await page.goto(page.url.replace("TRUE", "FALSE"))
    await expect(page.get_by_text("No run fits these filters")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(row).to_be_visible()
    assert urlsplit(page.url).query == ""
    await page.context.close()


async def test_why_nothing_ran(browser: Browser, visitor: Visitor, frontdesk_up: Product) -> None:
    """Each of the visitor's events says which run it started, or why none."""
    run = await apologised(visitor, frontdesk_up)
    await visitor.reload()
    await visitor.open()
    await visitor.nothing_unsent()
    mei = await sign_in(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go("/visitors")
    await page.get_by_label("The visitor's id").fill(run.visitor)
    await page.keyboard.press("Enter")
    opened = page.locator("li[data-type=widget_opened]")
    await expect(opened).to_have_count(2)
    await expect(opened.first).to_contain_text("started nothing")
    await expect(opened.first).to_contain_text("Cooling down: the last run began")
    assert await violations(page) == []
    await opened.last.get_by_role("link").click()
    await expect(page).to_have_url(f"{mei.address}/runs/{run.run}")
    assert mei.problems == []
    await page.context.close()


async def test_a_draft_decides_and_asks_for_what_nobody_recorded(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """Decided by one's draft the run needs a fact that nobody recorded: the page asks for it, then shows the path."""
    run = await apologised(visitor, frontdesk_up)
    ann = await sign_in(browser, frontdesk_up, language="en")
    page = ann.page
    version = msgspec.json.decode(await ann.api("GET", f"/flows/{OFFLINE}"), type=FlowVersion)
    ways = {"TRUE": "apologise", "FALSE": "end"}
    check = {"type": "logic", "name": "German", "expression": 'user_country == "DE"', "next": ways}
    definition = structs.replace(version.definition, nodes={**version.definition.nodes, "check": check})
    await ann.api("PUT", f"/flows/{OFFLINE}/draft", {"definition": definition, "base_version": 1})

    await ann.go(f"/runs/{run.run}?view=again")
    await page.get_by_role("combobox", name="Decide by").click()
    await page.get_by_role("option", name=re.compile("my draft")).click()
    await expect(page.locator("[data-kind=missing]")).to_contain_text("“user_country” is needed")
    asked = page.get_by_role("alert").filter(has_text="which nobody recorded")
    await asked.get_by_role("textbox", name="user_country").fill("FR")
    await expect(page.locator("[data-kind=other_path]")).to_contain_text("Another path from step 3")
    await expect(edge(page, "check FALSE", "other")).to_be_attached()
    await asked.get_by_role("textbox", name="user_country").fill("DE")
    await expect(page.locator("[data-kind=same_path]")).to_be_visible()
    assert await violations(page) == []
    assert ann.problems == []
    await page.context.close()


async def test_a_failed_run_says_why_and_what_to_do(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """One sentence at the top, in the reader's language, with the way out."""
    await visitor.track("ask-nobody")
    run = run_of(frontdesk_up, await visitor.id(), "ask-nobody")
    mei = await sign_in(browser, frontdesk_up)
    await mei.go(f"/runs/{run.run}")
    told = mei.page.locator("[data-kind=failed]")
    await expect(told).to_contain_text("运行在“谁在”失败：没有可以分配的座席")
    await expect(told).to_contain_text("怎么办：给座席组添加成员")
    assert await violations(mei.page) == []
    await mei.context.close()


async def test_a_link_to_a_step_survives_sign_in(
    browser: Browser, visitor: Visitor, frontdesk_up: Product
) -> None:
    """Whoever follows it without being signed in is at that step once they are."""
    run = await apologised(visitor, frontdesk_up)
    await given_a_password(browser, frontdesk_up)
    mei = await arrive(browser, frontdesk_up, language="en")
    page = mei.page
    await mei.go(f"/runs/{run.run}?step=3")
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Step 3 of 5", exact=True)).to_be_visible()
    assert step_of(page) == "3"
    await page.context.close()


async def given_a_password(browser: Browser, product: Product) -> None:
    """Mei can sign in by e-mail."""
    mei: Person = await sign_in(browser, product, MEI)
    await mei.api("PUT", "/password", {"current": None, "new": PASSWORD})
    await mei.context.close()
