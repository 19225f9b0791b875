"""The flow editor as somebody at mouse and keyboard uses it, in Chinese."""

import re
from collections.abc import Mapping

from playwright.async_api import Locator, expect

from tests.browser.person import Person


class Editor:
    """The editor of one flow, on the page of somebody who is signed in."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.page = person.page

    async def add_flow(self, trigger: str, name: str) -> None:
        """添加流程: choose when it starts, name it, ✓, and open it from the list."""
        await self.page.get_by_role("button", name="添加流程").click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_label(trigger).check()
        await dialog.get_by_label("流程名称").fill(name)
        await dialog.get_by_role("button", name="确定").click()
        await self.page.get_by_role("link", name=name).first.click()
        await expect(self.pane).to_be_visible()

    async def open(self, flow: str) -> None:
        """Open the flow by its address."""
        await self.person.go(f"/flows/{flow}")
        await expect(self.pane).to_be_visible()

    async def open_draft(self, definition: Mapping[str, object]) -> None:
        """Store this as the person's draft, and open it."""
        flow = str(definition["flow"])
        await self.person.api("PUT", f"/flows/{flow}/draft", {"definition": definition, "base_version": None})
        await self.open(flow)

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

    async def click_edge(self, words: str) -> None:
        """Click an edge in its middle."""
        x, y = (
            await self.edge(words)
            .locator("path")
            .first.evaluate(
                """(path) => {
              const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
              return [x, y];
            }"""
            )
        )
        await self.page.mouse.click(x, y)

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
