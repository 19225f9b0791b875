"""Scenarios, edited and run beside the canvas."""

import re

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from contracts.console import Draft
from contracts.flow import FlowDefinition, Scenario
from tests.browser.person import People, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

FLOW = "agents-offline-message"
APOLOGY = "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。"


@pytest_asyncio.fixture(loop_scope="session")
async def person(people: People) -> Person:
    """An admin with the flow and its scenarios open, and no draft before."""
    person = await people.sign_in()
    await person.api("DELETE", f"/flows/{FLOW}/draft")
    await person.go(f"/flows/{FLOW}")
    await person.page.get_by_role("button", name="场景", exact=True).click()
    await expect(score(person.page)).to_have_text("通过 2 / 2")
    return person


def panel(page: Page) -> Locator:
    """The scenarios."""
    return page.get_by_role("region", name="场景")


def score(page: Page) -> Locator:
    """How many of them hold."""
    return panel(page).get_by_role("status")


async def stored(person: Person) -> tuple[Scenario, ...]:
    """Those of the draft, once everything is saved."""
    await expect(person.page.locator("[data-keeping=saved]")).to_be_visible()
    draft = msgspec.json.decode(await person.api("GET", f"/flows/{FLOW}/draft"), type=Draft)
    return msgspec.convert(draft.definition, FlowDefinition).scenarios


async def test_broken_promise(person: Person) -> None:
    """What a scenario expects and what it found stand beside each other; an undo makes it hold again."""
    page = person.page
    await panel(page).get_by_role("button", name="nobody is there").click()
    await panel(page).get_by_label("期望的路径").fill("start SUCCESS\ncheck FALSE\nend")
    await expect(score(page)).to_have_text("通过 1 / 2")
    outcome = panel(page).get_by_role("alert")
    await expect(outcome).to_contain_text("期望")
    await expect(outcome).to_contain_text("check FALSE")
    await expect(outcome).to_contain_text("check TRUE")
    await page.get_by_role("button", name="启动流程").or_(page.get_by_role("button", name="发布修改")).click()
    await expect(page.get_by_role("dialog", name="还不能启动")).to_contain_text("场景没有全部通过")
    await page.get_by_role("dialog").get_by_role("button", name="查看场景").click()
    await panel(page).get_by_role("button", name="把实际结果作为期望").click()
    await expect(score(page)).to_have_text("通过 2 / 2")


async def test_new_scenario(person: Person) -> None:
    """One says what the world is like, sees what comes of it, and takes that as the promise."""
    page = person.page
    await panel(page).get_by_role("button", name="添加场景").click()
    await panel(page).get_by_label("场景名称").fill("两位座席在线")
    await expect(score(page)).to_have_text("通过 2 / 3")
    await panel(page).get_by_role("button", name="添加情况").click()
    await page.get_by_role("menuitem", name="在线座席").click()
    agents = panel(page).get_by_label("在线座席", exact=True)
    await agents.fill("mia")
    await agents.press("Enter")
    await expect(score(page)).to_have_text("通过 3 / 3")
    await panel(page).get_by_role("button", name="把实际结果作为期望").click()
    *_, made = await stored(person)
    assert made.name == "两位座席在线"
    assert made.given.agents_online == ("mia",)
    assert made.path == ("start SUCCESS", "check FALSE", "end")
    assert made.messages == ()


async def test_all_as_text(person: Person) -> None:
    """TOML and JSON of all of them; what is wrong is said with its line, and what is right is taken."""
    page = person.page
    await panel(page).get_by_text("文本", exact=True).click()
    text = panel(page).get_by_label("全部场景的文本")
    await expect(text).to_have_value(re.compile(r"\[\[scenarios]]"))
    toml = await text.input_value()
    assert APOLOGY in toml
    await text.fill(toml.replace("nobody is there", "谁都不在") + "\n[[scenarios]]\nname = \n")
    await panel(page).get_by_role("button", name="采用").click()
    lines = toml.count("\n") + 3
    await expect(panel(page).get_by_role("alert")).to_contain_text(f"line {lines}")
    await text.fill(toml.replace("nobody is there", "谁都不在"))
    await panel(page).get_by_role("button", name="采用").click()
    assert "谁都不在" in [scenario.name for scenario in await stored(person)]
    await panel(page).get_by_text("JSON", exact=True).click()
    await expect(text).to_have_value(re.compile('"谁都不在"'))


async def test_coverage_is_drawn(person: Person) -> None:
    """What no scenario reaches is marked on the canvas by more than a colour, and counted."""
    page = person.page
    await expect(panel(page)).to_contain_text("每个节点和每个结果都有场景到达")
    await panel(page).get_by_role("button", name="nobody is there").click()
    await panel(page).get_by_role("button", name="删除场景“nobody is there”").click()
    apologise = page.locator('.react-flow__node[data-id="apologise"]')
    await expect(apologise).to_contain_text("未到达")
    await expect(panel(page)).to_contain_text("1 个节点")
    await panel(page).get_by_role("button", name="关闭场景").click()
    await expect(apologise).not_to_contain_text("未到达")
