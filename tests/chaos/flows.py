"""The flows that answer the crowd: every answer names what it answers, so that one too many or too few is seen."""

from collections.abc import Sequence

from tests.flow_executor.shapes import flow, reply, wait

CHOICES = ("red", "blue")
TRACKED = "step"

_HERE = "somebody is here"
_AWAY = "nobody is here"


def definitions() -> Sequence[dict[str, object]]:
    """A menu and a form at the opening, an echo of each message, and a late word on each tracked event."""
    return _menu(), _echo(), _late()


def echo_of(text: str) -> str:
    """What the robot answers to a message."""
    return f"echo {text}"


def late_of(number: int) -> str:
    """What the robot says of a tracked event, a second after it."""
    return f"late {number}"


def _menu() -> dict[str, object]:
    """Reads who is online; opening again cancels what waits."""
    check = {"type": "agents_offline", "name": "check", "next": {"TRUE": "away", "FALSE": "here"}}
    ways = {"SUCCESS": "end", "red": "took_red", "blue": "form"}
    menu = reply("choose") | {"quick_replies": list(CHOICES), "next": ways}
    form = reply("who are you") | {"form": ["user_email"], "next": {"SUCCESS": "thanks"}}
    nodes: dict[str, object] = {
        "check": check,
        "away": reply(_AWAY, "menu"),
        "here": reply(_HERE, "menu"),
        "menu": menu,
        "took_red": reply("took red"),
        "form": form,
        "thanks": reply("thanks"),
    }
    return flow("widget_opened", nodes, "chaos-menu", overlap="restart")


def _echo() -> dict[str, object]:
    """Answers at once, and has an effect on the conversation's state as well."""
    everybody = {"type": "assign_all", "name": "everybody", "next": {"SUCCESS": "end"}}
    nodes: dict[str, object] = {
        "echo": reply(echo_of("{{message_body}}"), "everybody"),
        "everybody": everybody,
    }
    return flow("message_sent", nodes, "chaos-echo")


def _late() -> dict[str, object]:
    """Waits a second, unless somebody writes; either way it answers."""
    nodes: dict[str, object] = {
        "wait": wait(1, TIMEOUT="late", AGENT_ANSWER="late", VISITOR_ANSWER="late"),
        "late": reply("late {{track_event_data.n}}"),
    }
    return flow("event_tracked", nodes, "chaos-late", event=TRACKED)
