"""What goes out, as bytes: bodies and signatures of webhooks, e-mails that cannot be bent; and what comes back."""

import hmac
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from hashlib import sha256

import httpx
import msgspec
import pytest

from contracts.chat import AgentsNotified
from contracts.ids import DEFAULT_TEAM, MessageId, RunId, VisitorId, effect_id
from contracts.run import Json
from contracts.task import SendEmail
from contracts.team import Webhook
from services.chassis.errors import BadConfig
from services.flow_executor.tasks import mail, webhooks
from services.flow_executor.tasks.http_requests import DEEPEST, retry_after, value_of
from services.flow_executor.tasks.outside import Answer

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
RUN = RunId("a7934372-96c5-8a38-bad2-7e19760bfb3c")
NOTIFIED = AgentsNotified(
    id=MessageId("r.4.1"), team=DEFAULT_TEAM, visitor=VisitorId("v1"), at=AT, run=RUN, text="李雷在等"
)
SERVER = mail.server("smtp://mail.example", "商店 <help@shop.example>")


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (
            "json",
            {"type": "agents_notified.v1", "id": "r.4.1", "team": "default", "visitor": "v1",
             "at": "2026-11-22T09:30:00Z", "run": RUN, "text": "李雷在等"},
        ),
        ("slack", {"text": "李雷在等"}),
        ("dingtalk", {"msgtype": "text", "text": {"content": "李雷在等"}}),
        ("wecom", {"msgtype": "text", "text": {"content": "李雷在等"}}),
    ],
)  # fmt: skip
def test_each_receiver_gets_its_shape(form: str, content: Json) -> None:
    """The event itself as JSON, or a text as the chat tools want it."""
    webhook = msgspec.convert({"url": "https://x", "format": form}, Webhook)
    assert msgspec.json.decode(webhooks.body(webhook, NOTIFIED)) == content


def test_a_webhook_with_a_secret_is_signed() -> None:
    """The receiver computes the same over `<t>.<body>`; without a secret there is no signature."""
    signed = webhooks.headers(Webhook(url="https://x", secret="s3cret"), b'{"a":1}', 1_700_000_000)
    expected = hmac.new(b"s3cret", b'1700000000.{"a":1}', sha256).hexdigest()
    assert signed["Frontdesk-Signature"] == f"t=1700000000,v1={expected}"
    assert "Frontdesk-Signature" not in webhooks.headers(Webhook(url="https://x"), b"{}", 1)


@pytest.mark.parametrize(
    ("form", "answer", "is_refused"),
    [
        ("dingtalk", b'{"errcode":0,"errmsg":"ok"}', False),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', True),
        ("dingtalk", b"nonsense", False),
        ("json", b'{"errcode":1}', False),
    ],
)
def test_a_refusal_may_hide_behind_a_good_status(form: str, answer: bytes, is_refused: bool) -> None:
    """DingTalk and WeCom answer 200 and say in the body that they refused."""
    webhook = msgspec.convert({"url": "https://x", "format": form}, Webhook)
    assert webhooks.is_refusal(webhook, answer) == is_refused


def _email(to: str = "ann@shop.example", subject: str = "Hi", text: str = "Dear Ann,") -> bytes:
    assert SERVER is not None
    task = SendEmail(
        id=effect_id(RUN, 4, 1), run=RUN, seq=4, team=DEFAULT_TEAM, visitor=VisitorId("v1"),
        to=to, subject=subject, text=text,
    )  # fmt: skip
    return mail.message(task, AT, SERVER).as_bytes(policy=SMTP)


def test_an_email_says_who_and_when_the_same_each_time() -> None:
    """Chinese arrives whole, and the Message-ID is the task's, so that a second one is known."""
    raw = _email(subject="您的订单", text="李雷，您好！\n" + "长" * 2000)
    read = message_from_bytes(raw, policy=SMTP)
    assert (read["Subject"], read["To"]) == ("您的订单", "ann@shop.example")
    assert read["From"] == "商店 <help@shop.example>"
    assert read["Message-ID"] == f"<{RUN}.4.1@shop.example>"
    body = read.get_body()
    assert body is not None
    assert b64decode(str(body.get_payload()))[:20] == "李雷，您好！\r\n".encode()
    assert body.get_content().startswith("李雷，您好！\r\n长长")
    assert raw == _email(subject="您的订单", text="李雷，您好！\n" + "长" * 2000)
    assert max(map(len, raw.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    "subject", ["Hi\r\nBcc: all@shop.example", "Hi\nBcc: x", "Hi\x00\x0b\x85Bcc: x", "Hi\u2028Bcc: x", ""]
)
def test_a_subject_cannot_begin_another_header(subject: str) -> None:
    """Whatever stands in it, it is one header on one line."""
    read = message_from_bytes(_email(subject=subject), policy=SMTP)
    assert {name.lower() for name in read} == {
        "from", "to", "subject", "date", "message-id", "auto-submitted",
        "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "sender", "says"),
    [
        ("smtp://mail.example", "", "FRONTDESK_MAIL_FROM"),
        ("smtp://mail.example", "Shop\r\nBcc: x <help@shop.example>", "FRONTDESK_MAIL_FROM"),
        ("smtp://mail.example:no", "help@shop.example", "FRONTDESK_SMTP_URL"),
    ],
)
def test_half_a_mail_server_is_none(url: str, sender: str, says: str) -> None:
    """Wrong settings are told at the start, by name."""
    with pytest.raises(BadConfig, match=says):
        mail.server(url, sender)


def test_a_password_wants_tls() -> None:
    """Over the network it is sent under a certificate that counts; ports follow the scheme."""
    server = mail.server("smtp://me%40x:p%2Fw@mail.example", "help@shop.example")
    assert server is not None
    assert (server.user, server.password, server.port, server.is_trusted) == ("me@x", "p/w", 587, True)
    local = mail.server("smtp://me:pw@127.0.0.1:2525", "help@shop.example")
    assert local is not None
    assert (local.port, local.is_trusted) == (2525, False)
    secure = mail.server("smtps://mail.example", "help@shop.example")
    assert secure is not None
    assert (secure.port, secure.is_tls) == (465, True)
    assert mail.server("", "") is None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, null, "x"]}', {"a": [1, None, "x"]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"plain", "plain"),
        (b"", ""),
        (b'{"a": "\\u0000b"}', {"a": "b"}),
        (b"a\x00b", "ab"),
        (b'{"a": 1e400}', '{"a": 1e400}'),
        (b'"\\ud800"', '"\\ud800"'),
        (b"9" * 6000, "9" * 6000),
        (b"[" * 1000 + b"]" * 1000, "[" * 1000 + "]" * 1000),
        (b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1), msgspec.json.decode(b"[" * 63 + b"]" * 63)),
        (b"[" * DEEPEST + b"1" + b"]" * DEEPEST, "[" * DEEPEST + "1" + "]" * DEEPEST),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_what_comes_back_can_be_stored(body: bytes, value: Json) -> None:
    """JSON if it is JSON, else text; nothing that Postgres could not keep, nor what is too deep to read again."""
    assert value_of(_answer(body)) == value


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=GBK", "您好".encode("gbk"), "您好"),
        ('text/html; charset="big5"', "您好".encode("big5"), "您好"),
        ("text/plain; charset=idna", b"a", "a"),
        ("text/plain; charset=nonsense", "您好".encode(), "您好"),
        ("text/plain", "您好".encode(), "您好"),
    ],
)
def test_the_charset_is_that_of_the_answer(kind: str, body: bytes, text: str) -> None:
    """Well-known ones are decoded; all others count as UTF-8."""
    assert value_of(_answer(body, {"content-type": kind})) == text


def test_a_cut_character_is_left_out() -> None:
    """The bound cuts bytes; half a character is none."""
    assert value_of(_answer("您好".encode()[:-1], is_cut=True)) == "您"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3), ("", 0), ("-3", 0), ("soon", 0), ("Sun, 22 Nov 2026 09:30:05 GMT", 5),
     ("Sun, 22 Nov 2026 09:29:00 GMT", 0), ("９", 0)],
)  # fmt: skip
def test_retry_after(text: str, seconds: float) -> None:
    """A number of seconds or a date (RFC 9110); anything else says nothing."""
    assert retry_after(text, AT) == seconds
    assert retry_after(text, AT + timedelta(days=1)) in {0, seconds}


def _answer(body: bytes, headers: dict[str, str] | None = None, *, is_cut: bool = False) -> Answer:
    return Answer(rule="x", status=200, headers=httpx.Headers(headers), body=body, is_cut=is_cut)
