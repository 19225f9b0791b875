"""One reply subscription for all that this process asks: requests in flight are told apart by the last token."""

import asyncio
from collections.abc import Callable
from itertools import count

from services.chassis.bus.client import PatchedClient, Received
from services.chassis.bus.subscribing import receive
from services.chassis.errors import Unreachable

Receiver = Callable[[Received], None]
Loser = Callable[[Unreachable], None]


class Inbox:
    """Reply subjects of this connection. A reply that nobody waits for is dropped."""

    def __init__(self, client: PatchedClient) -> None:
        self._client = client
        self._prefix = client.new_inbox()
        self._numbers = count(1)
        self._askers: dict[str, tuple[Receiver, Loser]] = {}

    async def open(self) -> None:
        """Subscribe; replies come from then on, also after a reconnect."""
        await receive(self._client, f"{self._prefix}.*", self._deliver)

    def expect(self, receive: Receiver, lose: Loser) -> tuple[str, str]:
        """A new reply subject, whose messages go to `receive`, and the token to `forget` it by.

        `lose` is called instead when the connection is lost: then no reply will come.
        """
        token = str(next(self._numbers))
        self._askers[token] = receive, lose
        return f"{self._prefix}.{token}", token

    def forget(self, token: str) -> None:
        """Drop what still comes for this token."""
        self._askers.pop(token, None)

    def lose(self) -> None:
        """The connection is lost, and every question with it: nobody need wait for the deadline."""
        askers, self._askers = self._askers, {}
        for _, lose in askers.values():
            lose(Unreachable("the connection to NATS was lost before the answer came"))

    def _deliver(self, message: Received) -> None:
        asker = self._askers.get(message.subject.rsplit(".", 1)[1])
        if asker is not None:
            asker[0](message)


class Replies:
    """The messages of one reply subject as a queue, for answers that come in several parts."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._queue: asyncio.Queue[Received | Unreachable] = asyncio.Queue()
        self.subject, self._token = inbox.expect(self._queue.put_nowait, self._queue.put_nowait)

    async def next(self) -> Received:
        """The next part; raises `Unreachable` when the connection was lost."""
        part = await self._queue.get()
        if isinstance(part, Unreachable):
            raise part
        return part

    def close(self) -> None:
        """Take no more."""
        self._inbox.forget(self._token)
