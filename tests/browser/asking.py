"""Flows that ask the visitor something, or change the widget's looks, when the page tracks their event."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.product import Product

QUESTION = {"zh": "想了解点什么？", "en": "What would you like to know?"}
CONTACT = {
    "zh": "请留下联系方式，我们会尽快回复您。",
    "en": "Leave us your contact, and we will come back to you.",
}
HAPPY = {"zh": "您对这次服务满意吗？", "en": "How was our service today?"}
LOOKS = {
    "title": "山间茶铺 · 掌柜",
    "welcome": "春茶上新，欢迎品鉴。",
    "colour": "#8a3b12",
    "background": "#fbf3e4",
    "effect": "pulse",
    "reply_time": "通常几分钟内回复",
}
PLAN = {
    "field": "plan",
    "type": "select",
    "label": {"zh": "想喝哪种", "en": "Tea"},
    "options": ["龙井", "银针"],
}

Nodes = dict[str, dict[str, object]]

FLOWS: dict[str, Nodes] = {
    "ask-quick": {
        "ask": {
            "type": "reply",
            "text": QUESTION,
            "quick_replies": ["茶叶", "茶具", "到店品茶"],
            "next": {"茶叶": "chose", "茶具": "chose", "到店品茶": "chose", "SUCCESS": "wrote"},
        },
        "chose": {"type": "reply", "text": "您选择了{{message_body}}。", "next": {"SUCCESS": "end"}},
        "wrote": {"type": "reply", "text": "您说：{{message_body}}", "next": {"SUCCESS": "end"}},
    },
    "ask-form": {
        "ask": {
            "type": "reply",
            "text": CONTACT,
            "form": ["user_fullname", "user_email", PLAN],
            "lock_input": True,
            "next": {"SUCCESS": "thanks", "TIMEOUT": "end"},
        },
        "thanks": {"type": "reply", "text": "谢谢您，{{user_fullname}}！", "next": {"SUCCESS": "end"}},
    },
    "ask-survey": {
        "ask": {
            "type": "reply",
            "text": HAPPY,
            "survey": True,
            "next": {"SUCCESS": "thanks", "TIMEOUT": "end"},
        },
        "thanks": {"type": "reply", "text": "谢谢您的评价！", "next": {"SUCCESS": "end"}},
    },
    "set-looks": {"set": {"type": "appearance", **LOOKS, "next": {"SUCCESS": "end"}}},
}
"""By the name of the event that starts each."""


def activate(product: Product, folder: Path, flows: Mapping[str, Nodes] = FLOWS) -> None:
    """Let these flows answer their events; `folder` takes their files."""
    files = [folder / f"{event}.json" for event in flows]
    for file, (event, nodes) in zip(files, flows.items(), strict=True):
        file.write_bytes(msgspec.json.encode(_flow(event, nodes)))
    pushed = product.run("flows", "push", "--activate", *map(str, files))
    assert pushed.returncode == 0, pushed.stderr


def _flow(event: str, nodes: Nodes) -> dict[str, object]:
    bounds: Nodes = {
        "start": {"type": "start", "next": {"SUCCESS": next(iter(nodes))}},
        "end": {"type": "end"},
    }
    return {
        "flow": event,
        "name": event,
        "trigger": "event_tracked",
        "event": event,
        "nodes": {**bounds, **nodes},
    }
