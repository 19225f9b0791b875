"""What a webhook is sent: the body in the shape that its receiver expects, and the signature. Pure."""

import hmac
from hashlib import sha256
from typing import assert_never

import msgspec
from msgspec import Struct

from contracts.chat import AgentsNotified
from contracts.team import Webhook

SIGNATURE = "Frontdesk-Signature"
"""Header: `t=<unix>,v1=<hex>`, the HMAC-SHA256 of `<t>.<body>` under the webhook's secret."""

_encode = msgspec.json.encode


class _Refusal(Struct, frozen=True):
    errcode: int = 0


_refusal_decoder = msgspec.json.Decoder(_Refusal)


def body(webhook: Webhook, notified: AgentsNotified) -> bytes:
    """What to send."""
    match webhook.format:
        case "json":
            return _encode(notified)
        case "slack":
            return _encode({"text": notified.text})
        case "dingtalk" | "wecom":
            return _encode({"msgtype": "text", "text": {"content": notified.text}})
        case _:
            assert_never(webhook.format)


def headers(webhook: Webhook, content: bytes, unix: int) -> dict[str, str]:
    """The headers that go with this content at that time; signed if the webhook has a secret."""
    found = {"Content-Type": "application/json; charset=utf-8"}
    if webhook.secret:
        found[SIGNATURE] = signature(webhook.secret, content, unix)
    return found


def signature(secret: str, content: bytes, unix: int) -> str:
    """The value of `Frontdesk-Signature`."""
    digest = hmac.new(secret.encode(), f"{unix}.".encode() + content, sha256).hexdigest()
    return f"t={unix},v1={digest}"


def is_refusal(webhook: Webhook, answer: bytes) -> bool:
    """Whether a receiver says no in the body of an answer whose status says yes, as these two do."""
    if webhook.format not in {"dingtalk", "wecom"}:
        return False
    try:
        return _refusal_decoder.decode(answer).errcode != 0
    except (msgspec.DecodeError, RecursionError):
        return False
