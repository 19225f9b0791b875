"""Replies that ask: quick replies, a form, a survey, and every way in which they end."""

from contracts.chat import FormField
from contracts.run import FieldWritten, Json, MessagePosted
from services.flow_executor.engine.stimuli import (
    AgentAnswered,
    FormFilled,
    ReplyChosen,
    TimerDue,
    VisitorAnswered,
)
from tests.engine.nodes.case import POSTED, Case
from tests.engine.worlds import RUN, after, facts

AT = "2026-03-04T05:06:11.890123Z"
TRIAGE = {
    "type": "reply",
    "text": "How can we help?",
    "quick_replies": ["Sales", "售后 服务"],
    "lock_input": True,
}
ASKED = MessagePosted(
    k=1,
    author="robot",
    text="How can we help?",
    quick_replies=("Sales", "售后 服务"),
    until=after(180),
    lock_input=True,
)
DAY_S = 24 * 3600
SETTINGS: dict[str, Json] = {
    "custom_fields": [
        {
            "id": "plan",
            "type": "SELECT",
            "label": {"en": "Your plan", "zh": "套餐"},
            "options": ["basic", "pro"],
        },
        {"id": "adult", "type": "BOOLEAN"},
    ]
}
FORM = {
    "type": "reply",
    "text": "Who are you?",
    "form": [
        "user_email",
        "plan",
        "adult",
        {"field": "wish", "label": {"en": "A wish", "zh": "愿望"}, "type": "long_text"},
    ],
}
FORM_ASKED = MessagePosted(
    k=1,
    author="robot",
    text="Who are you?",
    form=(
        FormField(name="user_email", label="邮箱", type="email"),
        FormField(name="plan", label="套餐", type="select", options=("basic", "pro")),
        FormField(name="adult", label="adult", type="select", options=("true", "false")),
        FormField(name="wish", label="愿望", type="long_text"),
    ),
    until=after(DAY_S),
)
FORM_READ: dict[str, Json] = {
    "locale": "zh-CN",
    "team": {
        "custom_fields.plan": {
            "type": "SELECT",
            "label": {"en": "Your plan", "zh": "套餐"},
            "options": ["basic", "pro"],
        },
        "custom_fields.adult": {"type": "BOOLEAN", "label": "", "options": []},
        "custom_fields.wish": None,
    },
}
FIELDS = ("adult", "plan", "user_email", "wish")
FILLED: dict[str, Json] = {"adult": "true", "plan": "pro", "user_email": "ann@shop.example", "wish": "peace"}
SURVEY = {"type": "reply", "text": "How was it?", "survey": True}
WORDS = {
    "": ("不满意", "满意", "非常满意"),
    "zh-CN": ("不满意", "满意", "非常满意"),
    "en-GB": ("Not satisfied", "Satisfied", "Very satisfied"),
    "fr": ("Not satisfied", "Satisfied", "Very satisfied"),
}
STORED = ("unsatisfied", "satisfied", "very_satisfied")


def _surveyed(locale: str, choice: str, stored: str) -> Case:
    return Case(
        says=f"{choice} is {stored} ({locale or 'no language'})",
        node=SURVEY,
        world=facts(locale=locale),
        asks=[
            MessagePosted(k=1, author="robot", text="How was it?", survey=WORDS[locale], until=after(DAY_S))
        ],
        lasts_s=DAY_S,
        looked={"locale": locale},
        gets=ReplyChosen("e2", after(4), POSTED, choice),
        outcome="SUCCESS",
        reads={"reply": {"id": "e2", "at": AT, "choice": choice}},
        sets={"satisfaction": stored},
        effects=[FieldWritten(k=1, field="satisfaction", value=stored)],
    )


CASES = (
    *(
        Case(
            says=f"the visitor chooses {choice}",
            node=TRIAGE,
            asks=[ASKED],
            lasts_s=180,
            gets=ReplyChosen("e2", after(4), POSTED, choice),
            outcome=choice,
            reads={"reply": {"id": "e2", "at": AT, "choice": choice}},
            sets={"message_body": choice, "message_subtype": "QUICK_REPLY"},
        )
        for choice in ("Sales", "售后 服务")
    ),
    Case(
        says="the visitor writes something else",
        node=TRIAGE,
        asks=[ASKED],
        lasts_s=180,
        gets=VisitorAnswered("e2", after(4), {"message_body": "a human, please"}),
        outcome="SUCCESS",
        reads={"answer": {"id": "e2", "at": AT}},
        sets={"message_body": "a human, please"},
    ),
    Case(
        says="nobody chooses for three minutes",
        node=TRIAGE,
        asks=[ASKED],
        lasts_s=180,
        gets=TimerDue(RUN, 3),
        outcome="SUCCESS",
        reads={"timed_out": True},
    ),
    Case(
        says="the form is complete; it asks as the team and the visitor's language have it",
        node=FORM,
        world=facts(settings=SETTINGS, locale="zh-CN"),
        asks=[FORM_ASKED],
        lasts_s=DAY_S,
        looked=FORM_READ,
        gets=FormFilled("e2", after(4), POSTED, FIELDS, FILLED),
        outcome="SUCCESS",
        reads={"form": {"id": "e2", "at": AT, "fields": list(FIELDS)}},
        sets=FILLED,
    ),
    Case(
        says="the form stays empty for a day",
        node=FORM,
        world=facts(settings=SETTINGS, locale="zh-CN"),
        asks=[FORM_ASKED],
        lasts_s=DAY_S,
        looked=FORM_READ,
        gets=TimerDue(RUN, 3),
        outcome="TIMEOUT",
        reads={"timed_out": True},
    ),
    *(
        _surveyed(locale, choice, stored)
        for locale, words in WORDS.items()
        for choice, stored in zip(words, STORED, strict=True)
    ),
    _surveyed("fr", "满意", "satisfied"),
    _surveyed("fr", "very_satisfied", "very_satisfied"),
    Case(
        says="the survey stays unanswered for a day",
        node=SURVEY,
        world=facts(locale="en"),
        asks=[MessagePosted(k=1, author="robot", text="How was it?", survey=WORDS["fr"], until=after(DAY_S))],
        lasts_s=DAY_S,
        looked={"locale": "en"},
        gets=TimerDue(RUN, 3),
        outcome="TIMEOUT",
        reads={"timed_out": True},
    ),
)  # fmt: skip

IGNORED = (
    ("quick replies: an agent writes", TRIAGE, AgentAnswered("m1", after(4))),
    ("quick replies: what was not offered", TRIAGE, ReplyChosen("e2", after(4), POSTED, "Refund")),
    ("quick replies: of another message", TRIAGE, ReplyChosen("e2", after(4), "run-1.9.1", "Sales")),
    ("quick replies: written before", TRIAGE, VisitorAnswered("e0", after(-1), {"message_body": "hi"})),
    ("quick replies: the timer of another wait", TRIAGE, TimerDue(RUN, 2)),
    ("a form: three of four fields", FORM, FormFilled("e2", after(4), POSTED, FIELDS[1:], {"plan": "pro"})),
    ("a form: of another message", FORM, FormFilled("e2", after(4), "run-1.9.1", FIELDS, FILLED)),
    ("a form: the visitor writes", FORM, VisitorAnswered("e2", after(4), {"message_body": "no"})),
    ("a form: a choice", FORM, ReplyChosen("e2", after(4), POSTED, "Sales")),
    ("a survey: no answer of it", SURVEY, ReplyChosen("e2", after(4), POSTED, "so so")),
    ("a survey: the visitor writes", SURVEY, VisitorAnswered("e2", after(4), {"message_body": "no"})),
    ("a survey: a form", SURVEY, FormFilled("e2", after(4), POSTED, FIELDS, FILLED)),
)  # fmt: skip
"""What changes nothing, although the run waits."""
