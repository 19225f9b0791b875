"""Flows that tests run."""

import tomllib
from pathlib import Path

FLOWS = Path(__file__).parents[2] / "flows"


def shipped(name: str) -> dict[str, object]:
    """A flow that ships."""
    return tomllib.loads((FLOWS / f"{name}.toml").read_text())


def flow(trigger: str, nodes: dict[str, object], name: str, **more: object) -> dict[str, object]:
    """A flow of these nodes, between `start`, which leads to the first one, and `end`."""
    start = {"type": "start", "name": "start", "next": {"SUCCESS": next(iter(nodes), "end")}}
    ends = {"type": "end", "name": "end"}
    return {
        "flow": name,
        "name": name,
        "trigger": trigger,
        "nodes": {"start": start, **nodes, "end": ends},
        **more,
    }


def reply(text: str, following: str = "end") -> dict[str, object]:
    """The robot says this."""
    return {
        "type": "reply",
        "name": text[:64],
        "as": "robot",
        "channel": "web",
        "text": text,
        "next": {"SUCCESS": following},
    }


def wait(seconds: int, **following: str) -> dict[str, object]:
    """Wait for somebody."""
    return {"type": "wait", "name": "wait", "seconds": seconds, "next": following}


def patient(seconds: int = 1, **more: object) -> dict[str, object]:
    """A flow that waits for an agent, then says which way it went."""
    nodes: dict[str, object] = {
        "wait": wait(seconds, TIMEOUT="late", AGENT_ANSWER="thanks", VISITOR_ANSWER="end"),
        "late": reply("late"),
        "thanks": reply("thanks"),
    }
    return flow("message_sent", nodes, "patient") | more


def thorough(seconds: int = 1) -> dict[str, object]:
    """A flow with every kind of effect before its wait, and one behind each of its ends."""
    everybody = {"type": "assign_all", "name": "everybody", "next": {"SUCCESS": "wait"}}
    nodes: dict[str, object] = {
        "hello": reply("hello", "again"),
        "again": reply("again", "everybody"),
        "everybody": everybody,
        "wait": wait(seconds, TIMEOUT="late", AGENT_ANSWER="thanks"),
        "late": reply("late"),
        "thanks": reply("thanks"),
    }
    return flow("message_sent", nodes, "thorough")


def asking(following: dict[str, str], name: str = "ask", **config: object) -> dict[str, object]:
    """The robot asks something; `following` says where each outcome leads."""
    return {"type": "reply", "name": name, "text": "Which?", "next": following, **config}


def triage(**more: object) -> dict[str, object]:
    """A flow that offers A and B, and says which way it went."""
    following = {"A": "a", "B": "b", "SUCCESS": "other"}
    nodes: dict[str, object] = {
        "ask": asking(following, quick_replies=["A", "B"]),
        "a": reply("You chose {{message_body}}"),
        "b": reply("You chose {{message_body}}"),
        "other": reply("You said {{message_body or 'nothing'}}"),
    }
    return flow("widget_opened", nodes, "triage", **more)


def questionnaire() -> dict[str, object]:
    """A flow with a form of two fields, and a word for whoever leaves it alone."""
    nodes: dict[str, object] = {
        "ask": asking({"SUCCESS": "thanks", "TIMEOUT": "late"}, form=["user_fullname", "user_email"]),
        "thanks": reply("{{user_fullname}} {{user_email}}"),
        "late": reply("Still there?"),
    }
    return flow("widget_opened", nodes, "questionnaire")
