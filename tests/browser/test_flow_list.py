"""设置 – 流程管理 – 网页消息流程: adding, importing, exporting, starting and deleting flows."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from contracts.flow import FlowDefinition, parse_json, parse_toml
from tests.browser.person import People, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

SHIPPED = {file.stem: file.read_bytes() for file in (Path(__file__).parents[2] / "flows").glob("*.toml")}
OFFLINE, WELCOME, TRIAGE = "agents-offline-message", "welcome-by-country", "quick-reply-triage"


async def names(person: Person) -> Sequence[str]:
    """The flows that are shown, top to bottom."""
    return await person.page.locator("tr[data-flow] a").all_inner_texts()


async def import_file(person: Person, name: str, content: bytes) -> None:
    """导入流程 with this file, as far as it is read."""
    await person.page.get_by_role("button", name="导入流程").click()
    await person.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


async def confirm(person: Person) -> None:
    """✓ of the dialog."""
    await person.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    await expect(person.page.get_by_role("dialog")).to_be_hidden()


async def export(person: Person, flow: str, kind: str) -> bytes:
    """The file that the line's menu gives."""
    async with person.page.expect_download() as downloading:
        await person.choose(flow, f"导出 {kind}")
    download = await downloading.value
    assert download.suggested_filename == f"{flow}.{kind.lower()}"
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


def definition(parsed: object) -> FlowDefinition:
    """What was parsed, which must be a flow."""
    assert isinstance(parsed, FlowDefinition), parsed
    return parsed


async def test_flow_is_added(people: People) -> None:
    """Trigger, name, ✓: it stands in the list, stopped, as a draft; to start it one is asked for what is missing."""
    person = await people.sign_in()
    await person.page.get_by_role("button", name="添加流程").click()
    await person.page.get_by_label("客户打开聊天组件").check()
    await person.page.get_by_label("流程名称").fill("欢迎老客户")
    made = await person.page.get_by_label("流程编号").input_value()
    await confirm(person)
    await expect(person.line(made)).to_contain_text("欢迎老客户")
    await expect(person.line(made)).to_contain_text("已停止")
    await expect(person.line(made)).to_contain_text("草稿")
    await person.choose(made, "启动")
    dialog = person.page.get_by_role("dialog", name="还不能启动")
    await expect(dialog).to_contain_text("缺少“开始”节点")
    await dialog.get_by_role("link", name="打开编辑").click()
    await expect(person.page).to_have_url(f"{person.address}/flows/{made}")


async def test_id_can_be_chosen(people: People) -> None:
    """It is made of the name if that can be read, else a short code; one's own is taken if it is free and fits."""
    person = await people.sign_in(language="en")
    await person.page.get_by_role("button", name="Add a flow").click()
    dialog = person.page.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("Welcome back, friend")
    await expect(dialog.get_by_label("Id", exact=True)).to_have_value("welcome-back-friend")
    await dialog.get_by_label("Id", exact=True).fill("busy-agents")
    await expect(dialog.get_by_text("Another flow has this id")).to_be_visible()
    await dialog.get_by_label("Id", exact=True).fill("no spaces!")
    await expect(dialog.get_by_text("Lowercase letters, digits and hyphens only")).to_be_visible()
    await dialog.get_by_label("Id", exact=True).fill("my-own")
    await dialog.get_by_role("button", name="OK").click()
    await expect(person.line("my-own")).to_be_visible()


@pytest.mark.parametrize("shipped", sorted(SHIPPED))
async def test_shipped_flow_comes_through_unharmed(people: People, shipped: str) -> None:
    """Imported under its own id, then exported as TOML and as JSON, it is the very same flow."""
    person = await people.sign_in()
    written = definition(parse_toml(SHIPPED[shipped]))
    await person.api("DELETE", f"/flows/{written.flow}")
    await person.page.reload()
    await import_file(person, f"{shipped}.toml", SHIPPED[shipped])
    await confirm(person)
    assert definition(parse_toml(await export(person, written.flow, "TOML"))) == written
    assert definition(parse_json(await export(person, written.flow, "JSON"))) == written

    await person.choose(written.flow, "启动")
    await expect(person.line(written.flow)).to_contain_text("已启动")
    assert definition(parse_toml(await export(person, written.flow, "TOML"))) == written

    again = msgspec.json.encode(written)
    await import_file(person, "again.json", again)
    await expect(person.page.get_by_role("dialog")).to_contain_text("已经存在")
    await confirm(person)
    copy = definition(parse_json(await export(person, f"{written.flow}-copy", "JSON")))
    assert msgspec.structs.replace(copy, flow=written.flow) == written


async def test_wrong_file(people: People) -> None:
    """Every problem is listed with its place and the way out, and nothing is imported."""
    person = await people.sign_in()
    before = await names(person)
    await import_file(person, "wrong.toml", b'flow = "Hello"\nname = "x"\ntrigger = "widget_open"\n[nodes]\n')
    problems = person.page.get_by_role("alert")
    await expect(problems).to_contain_text("widget_opened")
    await expect(problems).to_contain_text("lowercase letters")
    await import_file_again(person, "cut.json", b'{"flow": "x", "na')
    await expect(problems).to_contain_text("this is not JSON")
    await person.page.keyboard.press("Escape")
    assert await names(person) == before


async def import_file_again(person: Person, name: str, content: bytes) -> None:
    """Another file in the same dialog."""
    await person.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


async def test_start_stops_the_other(people: People) -> None:
    """Of one trigger one flow is active: it is said which one stopped, and that one can be started again at once."""
    person = await people.sign_in()
    await person.api("POST", f"/flows/{OFFLINE}/activate", {})
    await person.page.reload()
    await person.choose(WELCOME, "启动")
    await person.notice("「发送座席离线消息」已停止")
    await expect(person.line(WELCOME)).to_contain_text("已启动")
    await expect(person.line(OFFLINE)).to_contain_text("已停止")
    await person.page.get_by_role("button", name="重新启动「发送座席离线消息」").click()
    await expect(person.line(OFFLINE)).to_contain_text("已启动")
    await expect(person.line(WELCOME)).to_contain_text("已停止")


async def test_stop_is_seen_by_everybody(people: People) -> None:
    """What one admin does shows on the other's screen by itself."""
    one, other = await people.sign_in(), await people.sign_in()
    await one.api("POST", f"/flows/{OFFLINE}/activate", {})
    await expect(other.line(OFFLINE)).to_contain_text("已启动")
    await one.page.reload()
    await one.choose(OFFLINE, "停止")
    await expect(one.line(OFFLINE)).to_contain_text("已停止")
    await expect(other.line(OFFLINE)).to_contain_text("已停止")


async def test_duplicate_and_delete(people: People) -> None:
    """A copy is a draft of its own; deleting asks first."""
    person = await people.sign_in()
    copy = f"{TRIAGE}-copy"
    await person.api("DELETE", f"/flows/{copy}/draft")
    await person.page.reload()
    await person.choose(TRIAGE, "复制")
    await expect(person.line(copy)).to_contain_text("快捷回复分流 副本")
    await person.choose(copy, "删除")
    dialog = person.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("从未发布过")
    await dialog.get_by_role("button", name="取消").click()
    await expect(person.line(copy)).to_be_visible()
    await person.choose(copy, "删除")
    await dialog.get_by_role("button", name="删除").click()
    await expect(person.line(copy)).to_have_count(0)


async def test_search_and_filters(people: People) -> None:
    """By a part of the name or id, by trigger and by state."""
    person = await people.sign_in()
    await person.page.get_by_role("searchbox").fill("繁忙")
    await expect(person.line("load-widget")).to_be_hidden()
    assert {name[:9] for name in await names(person)} == {"座席繁忙时安抚访客"}
    await person.page.get_by_role("searchbox").fill("load-wid")
    await expect(person.line("busy-agents")).to_be_hidden()
    assert {name[:6] for name in await names(person)} == {"加载聊天组件"}
    await person.page.get_by_role("searchbox").fill("")
    await person.page.get_by_text("有草稿", exact=True).click()
    await expect(person.line(TRIAGE)).to_be_hidden()
    await person.page.get_by_role("searchbox").fill("nothing like that")
    await expect(person.page.get_by_text("没有符合条件的流程")).to_be_visible()


async def test_live_log(people: People) -> None:
    """It leads to the flow's runs."""
    person = await people.sign_in()
    await person.choose(TRIAGE, "实时日志")
    await expect(person.page).to_have_url(f"{person.address}/runs?flow={TRIAGE}")
