"""`/api/team`, `/api/presence`, `/api/health`: who the team is, who is there, and whether the bus is."""

import asyncio
from urllib.parse import urlsplit

from litestar import Router, get
from msgspec.structs import replace

from contracts.console import Health, Present
from contracts.ids import AgentId
from contracts.requests import PresenceList, PresenceOnline
from contracts.team import TeamSettings, Webhook
from services.chassis.errors import Rejected
from services.console.access import everyone
from services.console.asking import Asking, SignedInRequest
from services.console.people import People
from services.console.refusals import refusals


def router(asking: Asking, people: People) -> Router:
    """The routes of the team."""

    @get("/team", responses=refusals(404))
    async def team(request: SignedInRequest) -> TeamSettings:
        """What the team has set, without its secrets."""
        settings = people.settings(request.user.person.team)
        if settings is None:
            raise Rejected("unknown_team", f"there is no team {request.user.person.team} any more")
        return without_secrets(settings)

    @get("/presence", responses=refusals())
    async def presence(request: SignedInRequest) -> Present:
        """Which agents are online, and how many visitors."""
        agents, visitors = await asyncio.gather(
            asking.ask(request, "query.presence.list", PresenceList(kind="agent"), PresenceOnline),
            asking.ask(request, "query.presence.list", PresenceList(kind="visitor"), PresenceOnline),
        )
        return Present(agents=[AgentId(agent) for agent in agents.online], visitors=len(visitors.online))

    @get("/health", responses=refusals())
    async def health() -> Health:
        """Whether the console reaches the bus."""
        return Health(bus=asking.is_up)

    return Router("/api", route_handlers=[team, presence, health], guards=[everyone], tags=["team"])


def without_secrets(settings: TeamSettings) -> TeamSettings:
    """The settings for every eye. Addresses of chat webhooks are secrets themselves: only their hosts are shown."""
    webhooks = tuple(replace(webhook, url=_host(webhook), secret="") for webhook in settings.webhooks)
    return replace(settings, identity_secret=None, api_key_hashes=(), webhooks=webhooks)


def _host(webhook: Webhook) -> str:
    parts = urlsplit(webhook.url)
    return f"{parts.scheme}://{parts.hostname}/…"
