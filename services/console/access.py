"""Which route is whose: each says it by one of these guards, and the service holds it, whatever the page shows."""

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from contracts.team import Role
from services.chassis.errors import Rejected
from services.console.sign_in import Visit

ANSWERERS: tuple[Role, ...] = ("admin", "agent")

Connection = ASGIConnection[BaseRouteHandler, Visit | None, None, State]


def everyone(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets in everybody who is signed in."""
    if connection.user is None:
        raise Rejected("no_session", "nobody is signed in; sign in, or open the console with a sign-in link")


def admins(connection: Connection, handler: BaseRouteHandler) -> None:
    """Lets in admins: what changes flows."""
    _only(connection, handler, ("admin",))


def operators(connection: Connection, handler: BaseRouteHandler) -> None:
    """Lets in admins and SREs: what concerns runs, and touches no flow."""
    _only(connection, handler, ("admin", "sre"))


def answerers(connection: Connection, handler: BaseRouteHandler) -> None:
    """Lets in those who answer visitors: admins and agents."""
    _only(connection, handler, ANSWERERS)


def _only(connection: Connection, handler: BaseRouteHandler, roles: tuple[Role, ...]) -> None:
    everyone(connection, handler)
    assert connection.user is not None
    role = connection.user.person.role
    if role not in roles:
        raise Rejected("forbidden", f"this is for {' and '.join(roles)} only, and you are {role} here")
