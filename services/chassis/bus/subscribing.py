"""Subscribing with types: nats-py leaves a part of this one call untyped."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import DEFAULT_SUB_PENDING_MSGS_LIMIT, Subscription
from nats.errors import Error as NatsError

from services.chassis.bus.client import PatchedClient, Received
from services.chassis.errors import Unreachable

BOUND = DEFAULT_SUB_PENDING_MSGS_LIMIT
"""Messages that wait for their receiver; what comes beyond is lost, and reported."""
UNBOUNDED = 0
"""For what was asked for: each asker bounds its own questions."""


async def subscribe(
    client: Client,
    subject: str,
    take: Callable[[Msg], Awaitable[None]],
    *,
    queue: str = "",
    bound: int = BOUND,
) -> Subscription:
    """Have `take` called for each message, one after the other."""
    try:
        return await client.subscribe(  # pyright: ignore[reportUnknownMemberType]
            subject,
            queue=queue,
            cb=take,
            pending_msgs_limit=bound,
            pending_bytes_limit=0 if bound == UNBOUNDED else 128 * 1024 * 1024,
        )
    except NatsError as exc:
        raise Unreachable(f"cannot listen to {subject}: {exc}") from exc


async def receive(client: PatchedClient, subject: str, take: Callable[[Received], None]) -> Subscription:
    """Have `take` called for each message as soon as it is read; for what is quick and waits for nothing."""
    try:
        return await client.receive(subject, take)
    except NatsError as exc:
        raise Unreachable(f"cannot listen to {subject}: {exc}") from exc


async def unsubscribe(subscription: Subscription) -> None:
    """End it, also while the connection is lost, or the client would subscribe again."""
    # A connection that is closed or closing takes its subscriptions along.
    with suppress(NatsError):
        await subscription.unsubscribe()
