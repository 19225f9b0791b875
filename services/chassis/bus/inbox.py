"""One reply subscription for all that this process asks: requests in flight are told apart by the last token."""

import asyncio
from collections.abc import Callable
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg

Receiver = Callable[[Msg], None]


class Inbox:
    """Reply subjects of this connection. A reply that nobody waits for is dropped."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._prefix = client.new_inbox()
        self._numbers = count(1)
        self._receivers: dict[str, Receiver] = {}

    async def open(self) -> None:
        """Subscribe; replies come from then on, also after a reconnect."""
        # Unlimited: what comes here was asked for, and each asker bounds its own questions.
        await self._client.subscribe(
            f"{self._prefix}.*", cb=self._deliver, pending_msgs_limit=0, pending_bytes_limit=0
        )

    def expect(self, receive: Receiver) -> tuple[str, str]:
        """A new reply subject, whose messages go to `receive`, and the token to `forget` it by."""
        token = str(next(self._numbers))
        self._receivers[token] = receive
        return f"{self._prefix}.{token}", token

    def forget(self, token: str) -> None:
        """Drop what still comes for this token."""
        self._receivers.pop(token, None)

    async def _deliver(self, message: Msg) -> None:
        receive = self._receivers.get(message.subject.rsplit(".", 1)[1])
        if receive is not None:
            receive(message)


class Replies:
    """The messages of one reply subject as a queue, for answers that come in several parts."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._queue: asyncio.Queue[Msg] = asyncio.Queue()
        self.subject, self._token = inbox.expect(self._queue.put_nowait)

    async def next(self) -> Msg:
        """The next part."""
        return await self._queue.get()

    def close(self) -> None:
        """Take no more."""
        self._inbox.forget(self._token)
