"""The flow editor as somebody at mouse and keyboard uses it, in Chinese."""

import json
import re
from pathlib import Path
from typing import cast

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from services.chassis.embedded import DataFolder
from services.chassis.sign_in_link import console_link
from tests.product import Product

AXE = Path(__file__).parents[2] / "services/console/web/node_modules/axe-core/axe.min.js"
_SEVERE = ("serious", "critical")


class Editor:
    """The console with one flow open. `problems` is what the browser complained about."""

    def __init__(self, context: BrowserContext, page: Page, product: Product) -> None:
        self.context = context
        self.page = page
        self.problems: list[str] = []
        self.address = product.addresses.console.partition("/sign-in")[0]
        self._secret = DataFolder(product.data).secret("frontdesk")
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._complain)

    async def sign_in(self) -> None:
        """Come in by a fresh link; the flow list shows."""
        await self.page.goto(console_link(self._secret, self.address))
        await expect(self.page.get_by_role("button", name="添加流程")).to_be_visible()

    async def add_flow(self, trigger: str, name: str) -> None:
        """添加流程: choose when it starts, name it, ✓, and open it from the list."""
        await self.page.get_by_role("button", name="添加流程").click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_label(trigger).check()
        await dialog.get_by_label("流程名称").fill(name)
        await dialog.get_by_role("button", name="确定").click()
        await self.page.get_by_role("link", name=name).first.click()
        await expect(self.pane).to_be_visible()

    async def open_draft(self, definition: dict[str, object]) -> None:
        """Store this as the person's draft, and open it."""
        body = {"definition": definition, "base_version": None, "revision": None}
        status = await self.page.evaluate(
            """async ([path, body]) => {
                const token = /frontdesk_csrf=([^;]*)/.exec(document.cookie)[1];
                const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
                return (await fetch(path, { method: "PUT", headers, body: JSON.stringify(body) })).status;
            }""",
            [f"/api/flows/{definition['flow']}/draft", body],
        )
        assert status in {200, 201}, status
        await self.page.goto(f"{self.address}/flows/{definition['flow']}")
        await expect(self.pane).to_be_visible()

    @property
    def pane(self) -> Locator:
        """The canvas."""
        return self.page.locator(".react-flow__pane")

    @property
    def nodes(self) -> Locator:
        """All boxes in sight."""
        return self.page.locator(".react-flow__node")

    @property
    def edges(self) -> Locator:
        """All edges in sight."""
        return self.page.locator(".react-flow__edge")

    @property
    def panel(self) -> Locator:
        """The panel of the node that is open."""
        return self.page.get_by_role("complementary", name=re.compile("^节点“"))

    def node(self, name: str) -> Locator:
        """The box of the node of this name."""
        return self.nodes.filter(has=self.page.get_by_title(name, exact=True))

    def edge(self, words: str) -> Locator:
        """The edge `<source>:<OUTCOME> → <target>`."""
        return self.page.locator(f'.react-flow__edge[aria-label="{words}"]')

    def tool(self, name: str) -> Locator:
        """A node type of the toolbar."""
        return self.page.get_by_role("toolbar", name="节点工具栏").get_by_role(
            "button", name=name, exact=True
        )

    def triangle(self, node: str, outcome: str) -> Locator:
        """The triangle of an outcome, on the right."""
        return self.node(node).locator(f'.react-flow__handle.source[data-handleid="out {outcome}"]')

    def input(self, node: str) -> Locator:
        """The triangle at which a node can be connected to, on the left."""
        return self.node(node).locator('.react-flow__handle.target[data-handleid="in"]')

    async def drag_in(self, type_name: str, x: int, y: int) -> None:
        """Drag a node type from the toolbar to this place of the canvas."""
        await self.tool(type_name).drag_to(self.pane, target_position={"x": x, "y": y})

    async def drag(self, source: Locator, target: Locator) -> None:
        """From the middle of one thing to the middle of another, in steps, as a hand does."""
        await source.hover()
        await self.page.mouse.down()
        box = await target.bounding_box()
        assert box is not None
        await self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=12)
        await self.page.mouse.up()

    async def move(self, name: str, x: int, y: int) -> None:
        """Drag a box by so many pixels."""
        await self.node(name).get_by_title(name, exact=True).hover()
        box = await self.node(name).get_by_title(name, exact=True).bounding_box()
        assert box is not None
        await self.page.mouse.down()
        await self.page.mouse.move(
            box["x"] + x + box["width"] / 2, box["y"] + y + box["height"] / 2, steps=10
        )
        await self.page.mouse.up()

    async def open_node(self, name: str) -> None:
        """Double-click a box; its panel opens."""
        await self.node(name).get_by_title(name, exact=True).dblclick()
        await expect(self.page.get_by_role("complementary", name=f"节点“{name}”")).to_be_visible()

    async def rename(self, name: str) -> None:
        """Give the open node this name."""
        await self.panel.get_by_label("名称").fill(name)

    async def add_connection(self, outcome: str, target: str) -> None:
        """添加连接 in the open panel, and √."""
        await self.panel.get_by_role("button", name="添加连接").click()
        await self.panel.get_by_label("结果", exact=True).select_option(label=outcome)
        await self.panel.get_by_label("下一个节点", exact=True).select_option(label=target)
        await self.panel.get_by_role("button", name="确认添加连接").click()
        await expect(self.panel.get_by_label(f"{outcome}: 下一个节点")).to_be_visible()

    async def leave_panel(self) -> None:
        """退出 the panel."""
        await self.panel.get_by_role("button", name="退出").click()
        await expect(self.panel).to_have_count(0)

    async def violations(self) -> list[str]:
        """What axe holds against the page, from serious on."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found = await self.page.evaluate(
            "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"
        )
        return [
            f"{each['id']}: {node['html'][:200]} {json.dumps(node['any'][:1])[:300]}"
            for each in cast("list[dict[str, list[dict[str, list[object]]]]]", found)
            if each["impact"] in _SEVERE
            for node in each["nodes"]
        ]

    def _complain(self, message: ConsoleMessage) -> None:
        # A flow without a draft is asked for one, and the answer is 404.
        if message.type in {"error", "warning"} and "404" not in message.text:
            self.problems.append(message.text)
