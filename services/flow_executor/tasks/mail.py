"""One attempt at an e-mail: plain text, to one address, by the deployment's mail server."""

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import partial
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException
from msgspec import Struct

from contracts.task import SendEmail
from services.chassis.errors import BadConfig
from services.flow_executor.tasks.outcome import Attempt, Outcome

ATTEMPT_S = 30.0
_QUIT_S = 2.0

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]{1,64}@[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]{1,255}")
"""One address and nothing beside it: a visitor who wrote two gets no mail to either."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_NO_SERVER = Outcome(
    ok=False,
    code="no_mail_server",
    detail="this deployment sends no e-mail; set FRONTDESK_SMTP_URL and FRONTDESK_MAIL_FROM",
)
_BAD_ADDRESS = Outcome(ok=False, code="bad_address", detail="the address came out as none of one mailbox")


class Server(Struct, frozen=True, kw_only=True):
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool
    """TLS from the start, and not by STARTTLS."""
    sender: str
    """As people see it: `Shop <help@shop.example>`."""

    @property
    def sender_address(self) -> str:
        """The address in it."""
        return parseaddr(self.sender)[1]

    @property
    def is_trusted(self) -> bool:
        """Whether its certificate counts: a password goes over the network to nobody else."""
        return self.user is not None and self.host not in _LOOPBACK


def server(smtp_url: str, mail_from: str) -> Server | None:
    """The mail server of the settings; None when there is none. Raises `BadConfig`."""
    if not smtp_url:
        return None
    if not _ADDRESS.fullmatch(parseaddr(mail_from)[1]) or not mail_from.isprintable():
        raise BadConfig(
            "FRONTDESK_MAIL_FROM is no sender; write an address such as help@shop.example beside FRONTDESK_SMTP_URL"
        )
    try:
        parts = urlsplit(smtp_url)
        port = parts.port
    except ValueError as exc:
        raise BadConfig("FRONTDESK_SMTP_URL is wrong; write smtp://user:password@host:port") from exc
    is_tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname or "",
        port=port or (465 if is_tls else 587 if parts.username else 25),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        is_tls=is_tls,
        sender=mail_from,
    )


class Mail:
    """Hands mail in."""

    def __init__(self, to_server: Server | None) -> None:
        self._server = to_server

    def begin(self, task: SendEmail, at: datetime) -> Attempt:
        """The attempts at this task."""
        return partial(self._attempt, task, at)

    async def _attempt(self, task: SendEmail, at: datetime) -> Outcome:
        if self._server is None:
            return _NO_SERVER
        if not _ADDRESS.fullmatch(task.to):
            return _BAD_ADDRESS
        try:
            content = message(task, at, self._server)
        except (MessageError, ValueError, LookupError):
            return _BAD_ADDRESS
        try:
            await _hand_in(self._server, task.to, content)
        except (SMTPException, OSError, TimeoutError) as exc:
            return _judged(exc)
        return Outcome(ok=True)


def message(task: SendEmail, at: datetime, by: Server) -> EmailMessage:
    """The whole e-mail: always the same bytes, so that a second one can be known by its Message-ID."""
    content = EmailMessage(policy=SMTP)
    content["From"] = by.sender
    content["To"] = task.to
    content["Subject"] = _line(task.subject)
    content["Date"] = format_datetime(at)
    content["Message-ID"] = f"<{task.id}@{by.sender_address.rpartition('@')[2]}>"
    content["Auto-Submitted"] = "auto-generated"
    # "8bit" is no promise that every server gives; base64 reads the same everywhere.
    content.set_content(task.text.replace("\0", ""), cte="base64" if not task.text.isascii() else None)
    return content


async def _hand_in(to: Server, recipient: str, content: EmailMessage) -> None:
    """One session. With a password only under TLS, except on this machine; without one, under TLS if offered."""
    client = aiosmtplib.SMTP(
        hostname=to.host,
        port=to.port,
        username=to.user,
        password=to.password,
        use_tls=to.is_tls,
        start_tls=False if to.is_tls else True if to.is_trusted else None,
        # A relay on this machine often has a certificate of its own making; where no secret passes, any is better
        # than none.
        validate_certs=to.is_tls or to.is_trusted,
        timeout=ATTEMPT_S,
    )
    try:
        async with asyncio.timeout(ATTEMPT_S):
            await client.connect()
            await client.send_message(content, sender=to.sender_address, recipients=[recipient])
        # It has the message now; how the session ends makes no difference.
        with suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=_QUIT_S)
    finally:
        client.close()


def _judged(exc: Exception) -> Outcome:
    """What a failure is worth; nothing of what the server said is quoted."""
    code = _reply_code(exc)
    if code is not None:
        detail = f"the mail server refused it with reply {code}"
        return Outcome(ok=False, code="mail_refused", detail=detail, may_pass=code < 500)
    if isinstance(exc, SMTPNotSupported):
        return Outcome(ok=False, code="mail_refused", detail="the mail server lacks what this e-mail needs")
    if isinstance(exc, ssl.SSLError) or isinstance(exc.__cause__, ssl.SSLError):
        detail = "the mail server has no certificate that we can trust"
        return Outcome(ok=False, code="no_answer", detail=detail, may_pass=True)
    return Outcome(ok=False, code="no_answer", detail="the mail server did not answer", may_pass=True)


def _reply_code(exc: Exception) -> int | None:
    match exc:
        case SMTPRecipientsRefused(recipients=[first, *_]):
            return first.code
        case SMTPResponseException(code=code) if code >= 400:
            return code
        case _:
            return None


def _line(text: str) -> str:
    """On one line, without what no header may hold."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
