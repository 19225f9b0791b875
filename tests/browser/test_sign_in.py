"""Who gets into the console, and what they may do there."""

import msgspec
import pytest
from playwright.async_api import expect

from contracts.console import Me
from contracts.ids import AgentId
from tests.browser.person import People, Person, fresh_link, origin
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PASSWORD = "a sentence that is easy to remember"
BOSS, AGENT, SRE = AgentId("boss"), AgentId("mia"), AgentId("otto")


@pytest.fixture(scope="module", autouse=True)
def team(own_product: Product) -> None:
    """One of each role, with an e-mail address."""
    for agent, role in ((BOSS, "admin"), (AGENT, "agent"), (SRE, "sre")):
        added = own_product.run(
            "team",
            "agents",
            "add",
            agent,
            "--name",
            agent,
            "--email",
            f"{agent}@example.test",
            "--role",
            role,
        )
        assert added.returncode == 0, added.stderr


async def by_password(person: Person, email: str, password: str) -> None:
    """Fill in the form, and send it."""
    await person.page.get_by_label("邮箱").fill(email)
    await person.page.get_by_label("密码", exact=True).fill(password)
    await person.page.get_by_role("button", name="登录").click()


async def with_password(people: People, agent: AgentId = BOSS) -> str:
    """See that the agent has a password, which is set on the account page; the agent's e-mail address."""
    person = await people.sign_in(agent)
    if not msgspec.json.decode(await person.api("GET", "/session"), type=Me).has_password:
        await person.go("/account")
        await person.page.get_by_label("新密码").fill(PASSWORD)
        await person.page.get_by_role("button", name="保存密码").click()
        await expect(person.page.get_by_role("status").filter(has_text="密码已保存")).to_be_visible()
    return f"{agent}@example.test"


async def test_link_works_once(people: People) -> None:
    """A second use says why it does not do, and what does."""
    link = fresh_link(people.product, BOSS)
    first, second = await people.arrive(), await people.arrive()
    await first.page.goto(link)
    await expect(first.page.get_by_role("heading", name="网页消息流程")).to_be_visible()
    await second.page.goto(link)
    await expect(second.page.get_by_role("alert")).to_contain_text("已经用过了")
    await expect(second.page.get_by_role("alert")).to_contain_text("用邮箱和密码登录")


async def test_false_link(people: People) -> None:
    """It is explained as well."""
    person = await people.arrive()
    await person.go("/sign-in?token=nonsense")
    await expect(person.page.get_by_role("alert")).to_contain_text("无效或已过期")


async def test_deep_link_survives(people: People) -> None:
    """Whoever comes by a link to a page, and signs in by password, is led to that page."""
    email = await with_password(people)
    person = await people.arrive()
    await person.go("/flows/busy-agents?from=mail")
    await expect(person.page.get_by_role("heading", name="登录")).to_be_visible()
    await by_password(person, email, PASSWORD)
    await expect(person.page).to_have_url(f"{origin(people.product)}/flows/busy-agents?from=mail")


async def test_next_is_a_page_of_ours(people: People) -> None:
    """Another site's address is not gone to."""
    email = await with_password(people)
    person = await people.arrive()
    await person.go("/sign-in?next=//evil.example/flows")
    await by_password(person, email, PASSWORD)
    await expect(person.page).to_have_url(f"{origin(people.product)}/flows")


async def test_wrong_password(people: People) -> None:
    """It says that one of both is wrong, not which, and then what to do; what was typed stays."""
    email = await with_password(people)
    person = await people.arrive()
    await person.go("/")
    for known in (email, "nobody@example.test"):
        await by_password(person, known, "not this one at all")
        await expect(person.page.get_by_role("alert")).to_contain_text("邮箱或密码不正确")
    await expect(person.page.get_by_label("邮箱")).to_have_value("nobody@example.test")


async def test_short_password(people: People) -> None:
    """It is refused beside its field, before anything is sent."""
    person = await people.sign_in(SRE)
    await person.go("/account")
    await person.page.get_by_label("新密码").fill("short")
    await person.page.get_by_role("button", name="保存密码").click()
    await expect(person.page.get_by_text("至少需要 10 个字符")).to_be_visible()


async def test_sign_out_everywhere(people: People) -> None:
    """Every session ends at once, and every other device is led to the door with nobody touching it."""
    here, there = await people.sign_in(AGENT), await people.sign_in(AGENT)
    await here.go("/account")
    await expect(here.page.locator("tbody tr")).to_have_count(2)
    await here.page.get_by_role("button", name="退出所有设备").click()
    await here.page.get_by_role("button", name="全部退出").click()
    await expect(here.page.get_by_role("heading", name="登录")).to_be_visible()
    await expect(there.page.get_by_role("heading", name="登录")).to_be_visible()


async def test_sign_out(people: People) -> None:
    """It ends this session only."""
    here, there = await people.sign_in(BOSS), await people.sign_in(BOSS)
    await here.page.get_by_role("button", name="的菜单").click()
    await here.page.get_by_role("menuitem", name="退出登录").click()
    await expect(here.page.get_by_role("heading", name="登录")).to_be_visible()
    await there.page.reload()
    await expect(there.line("busy-agents")).to_be_visible()


@pytest.mark.parametrize("agent", [AGENT, SRE])
async def test_only_admins_change_flows(people: People, agent: AgentId) -> None:
    """The others see every flow and no way to change one, and the service would refuse them."""
    person = await people.sign_in(agent)
    await expect(person.page.get_by_role("button", name="添加流程")).to_have_count(0)
    await person.line("busy-agents").get_by_role("button").click()
    entries = await person.page.get_by_role("menuitem").all_inner_texts()
    assert entries == ["打开", "导出 TOML", "导出 JSON", "历史", "实时日志"]
    with pytest.raises(AssertionError, match="forbidden"):
        await person.api("POST", "/flows/busy-agents/deactivate")


async def test_language_and_scheme(people: People) -> None:
    """The browser chooses the language, the person may choose another, and it stays."""
    person = await people.sign_in(BOSS, language="en")
    await expect(person.page.get_by_role("heading", name="Web message flows")).to_be_visible()
    await person.page.get_by_role("button", name="中文").click()
    await expect(person.page.get_by_role("heading", name="网页消息流程")).to_be_visible()
    await person.page.get_by_role("button", name="深色").click()
    await expect(person.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await person.page.reload()
    await expect(person.page.get_by_role("heading", name="网页消息流程")).to_be_visible()
    await expect(person.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await expect(person.page.locator("html")).to_have_attribute("lang", "zh-CN")
