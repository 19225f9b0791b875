"""What a person has in the editor."""

import httpx
import msgspec

from contracts.console import Draft, Flows
from contracts.ids import AgentId
from contracts.team import TeamSettings
from services.chassis.bus import Bus
from services.console.guard import Guard
from tests.console.conftest import SETTINGS, Executor, code_of, link_path, opened, put_settings
from tests.servers import Nats
from tests.waiting import eventually

UNFINISHED: dict[str, object] = {
    "flow": "greet",
    "name": "问候",
    "nodes": {"start": {"x": None}},
    "odd": [1.5],
}


async def save(
    browser: httpx.AsyncClient, revision: int | None, definition: dict[str, object] = UNFINISHED
) -> httpx.Response:
    """Save the draft of flow `greet`."""
    body = {"definition": definition, "base_version": 2, "revision": revision}
    return await browser.put("/api/flows/greet/draft", json=body)


async def test_draft_is_kept_as_it_is(signed_in: httpx.AsyncClient, executor: Executor) -> None:
    """It need not be a flow yet; it is listed beside the flows until it is thrown away."""
    assert code_of(await signed_in.get("/api/flows/greet/draft")) == "no_draft"
    saved = msgspec.json.decode((await save(signed_in, None)).content, type=Draft)
    assert (saved.revision, saved.base_version, saved.definition) == (1, 2, UNFINISHED)
    assert (await signed_in.get("/api/flows/greet/draft")).json() == msgspec.to_builtins(saved)
    listed = msgspec.json.decode((await signed_in.get("/api/flows")).content, type=Flows).drafts
    assert [(draft.flow, draft.name, draft.trigger, draft.base_version) for draft in listed] == [
        ("greet", "问候", "", 2)
    ]
    assert (await signed_in.delete("/api/flows/greet/draft")).status_code == 204
    assert code_of(await signed_in.get("/api/flows/greet/draft")) == "no_draft"


async def test_two_tabs(signed_in: httpx.AsyncClient) -> None:
    """The tab that saves over what it has not seen is told, and nothing is lost."""
    await save(signed_in, None)
    assert (await save(signed_in, 1)).json()["revision"] == 2
    late = await save(signed_in, 1, {"flow": "greet"})
    assert (late.status_code, code_of(late)) == (409, "draft_conflict")
    assert "revision 2" in late.json()["error"]["detail"]
    assert code_of(await save(signed_in, None)) == "draft_conflict"
    assert (await signed_in.get("/api/flows/greet/draft")).json()["definition"] == UNFINISHED
    await signed_in.delete("/api/flows/greet/draft")
    assert code_of(await save(signed_in, 2)) == "draft_conflict"


async def test_drafts_are_their_own_persons(app: Guard, signed_in: httpx.AsyncClient, bus: Bus) -> None:
    """Two admins who edit one flow have a draft each."""
    chief = msgspec.structs.replace(SETTINGS.agents[1], role="admin")
    settings = TeamSettings(team=SETTINGS.team, agents=(SETTINGS.agents[0], chief))
    await put_settings(bus, settings)
    await save(signed_in, None)
    async with opened(app) as other:
        await other.get(link_path(agent=AgentId("mei")))

        async def is_admin() -> bool:
            return (await other.get("/api/session")).json()["role"] == "admin"

        await eventually(is_admin)
        assert code_of(await other.get("/api/flows/greet/draft")) == "no_draft"
        assert (await save(other, None)).json()["revision"] == 1


async def test_too_large_a_draft_is_refused(signed_in: httpx.AsyncClient) -> None:
    """No more than a flow may have."""
    answer = await save(signed_in, None, {"name": "x" * 300_000})
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


async def test_draft_is_saved_without_the_bus(
    signed_in: httpx.AsyncClient, executor: Executor, nats_server: Nats
) -> None:
    """While the bus is away the page learns it, and what is typed is kept all the same."""
    nats_server.kill()

    async def is_away() -> bool:
        return (await signed_in.get("/api/health")).json() == {"bus": False}

    await eventually(is_away)
    assert code_of(await signed_in.get("/api/flows")) == "unavailable"
    assert (await save(signed_in, None)).json()["revision"] == 1
