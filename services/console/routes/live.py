"""The WebSocket of `services.console.live`."""

from litestar import websocket
from litestar.handlers import WebsocketRouteHandler

from services.console.cookies import SESSION_COOKIE
from services.console.live import Live, LiveSocket


def live_route(live: Live) -> WebsocketRouteHandler:
    """The route of the live socket."""

    @websocket("/api/live")
    async def look(socket: LiveSocket) -> None:
        """Tell what happens while somebody looks."""
        await live.serve(socket, socket.cookies.get(SESSION_COOKIE, ""))

    return look
