"""E-mails of flows, handed to a real mail server on loopback."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from contracts.run import Json
from services.chassis.embedded.nats_server import free_port
from tests.flow_executor.harness import World, in_action
from tests.flow_executor.shapes import flow, reply
from tests.flow_executor.test_tasks import ended, one_run

FROM = "Shop <help@shop.example>"


class Mailbox:
    """A mail server that keeps what it takes, and says to the next recipients what `replies` has, then 250."""

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)
        self.recipients: list[str] = []
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - its name in aiosmtpd
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """One recipient."""
        self.recipients.append(address)
        if self.replies:
            return self.replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        """One message."""
        content = cast("bytes", envelope.content)
        self.messages.append(BytesParser(policy=SMTP).parsebytes(content))
        return "250 OK"


@asynccontextmanager
async def mailing(nats_url: str, postgres_dsn: str, mailbox: Mailbox | None) -> AsyncGenerator[World]:
    """An executor that hands its mail to that server, or to nobody there."""
    port = free_port()
    server = None if mailbox is None else Controller(mailbox, hostname="127.0.0.1", port=port)
    if server is not None:
        server.start()
    try:
        url = f"smtp://127.0.0.1:{port}"
        settings = {"smtp_url": url, "mail_from": FROM, "tasks_pause_s": 0.01}
        async with in_action(nats_url, postgres_dsn, **settings) as world:
            yield world
    finally:
        if server is not None:
            server.stop()


def writing(to: str = "ann@shop.example") -> dict[str, object]:
    """A flow that writes an e-mail with what the visitor said."""
    node = {
        "type": "send_email",
        "name": "write",
        "to": to,
        "subject": "您说：{{message_body}}",
        "text": "{{message_body}}\n.\nQUIT\n",
        "next": {"SUCCESS": "yes", "FAILED": "no"},
    }
    return flow("message_sent", {"write": node, "yes": reply("sent"), "no": reply("failed")}, "writing")


async def test_an_email_arrives_whole(nats_url: str, postgres_dsn: str) -> None:
    """Once, to one address, with the task's Message-ID; what looks like SMTP in it stays text."""
    mailbox = Mailbox()
    async with mailing(nats_url, postgres_dsn, mailbox) as world:
        history = await one_run(world, writing())
        assert ended(history, "write") == ("SUCCESS", {"ok": True})
        (message,) = mailbox.messages
        assert mailbox.recipients == ["ann@shop.example"]
        assert (message["Subject"], message["From"]) == ("您说：hello", FROM)
        assert message["Message-ID"] == f"<{history.run.run}.3.1@shop.example>"
        assert message.get_content().split() == ["hello", ".", "QUIT"]


@pytest.mark.parametrize(
    ("replies", "ends"),
    [
        (["451 later"], ("SUCCESS", {"ok": True}, 2)),
        (["451 later"] * 9, ("FAILED", {"ok": False, "code": "mail_refused"}, 3)),
        (["550 nobody"], ("FAILED", {"ok": False, "code": "mail_refused"}, 1)),
    ],
)
async def test_what_may_pass_is_tried_again(
    nats_url: str, postgres_dsn: str, replies: list[str], ends: tuple[str, dict[str, Json], int]
) -> None:
    """A reply of 4xx may pass, one of 5xx will not."""
    *outcome, count = ends
    mailbox = Mailbox(*replies)
    async with mailing(nats_url, postgres_dsn, mailbox) as world:
        history = await one_run(world, writing())
        assert ended(history, "write") == tuple(outcome)
        assert len(mailbox.recipients) == count
        assert "nobody" not in str(history)


@pytest.mark.parametrize(
    "to", ["ann@shop.example, bob@shop.example", "<ann@shop.example>", "ann@shop@example"]
)
async def test_one_address_and_no_other(nats_url: str, postgres_dsn: str, to: str) -> None:
    """Two addresses, or more than an address, get no mail."""
    mailbox = Mailbox()
    async with mailing(nats_url, postgres_dsn, mailbox) as world:
        history = await one_run(world, writing(to))
        assert ended(history, "write") == ("FAILED", {"ok": False, "code": "bad_address"})
        assert mailbox.recipients == []


async def test_a_server_that_is_away(nats_url: str, postgres_dsn: str) -> None:
    """Nobody there is tried again, and then said."""
    async with mailing(nats_url, postgres_dsn, None) as world:
        history = await one_run(world, writing())
        assert ended(history, "write") == ("FAILED", {"ok": False, "code": "no_answer"})


async def test_without_a_server(world: World) -> None:
    """A deployment that sends no mail says so, with the variables to set."""
    history = await one_run(world, writing())
    assert ended(history, "write") == ("FAILED", {"ok": False, "code": "no_mail_server"})
