"""What the robot says; `questions.py` has the replies that ask."""

from contracts.ids import AgentId
from contracts.run import Json, MessagePosted, TaskRequested
from services.flow_executor.engine.stimuli import TaskEnded, TimerDue
from tests.engine.nodes.case import Case
from tests.engine.worlds import RUN, after, facts

HELLO: Json = {"en": "Hello {{user_fullname or 'there'}}", "zh": "您好"}
CANNED: dict[str, Json] = {
    "canned_messages": [
        {"id": "hello", "text": HELLO},
        {"id": "broken", "text": "{{"},
    ]
}
BY_MAIL = {"type": "reply", "text": "Hello", "channel": "email", "subject": "News\r\nBcc: x@y.example"}
KNOWN = {"user_email": "ann@shop.example"}
MAIL = (
    MessagePosted(k=1, author="robot", channel="email", text="Hello"),
    TaskRequested(
        k=2,
        kind="send_email",
        request={
            "to": "ann@shop.example",
            "subject": "News Bcc: x@y.example",
            "text": "Hello",
            "attempts": 3,
        },
    ),
)
MAIL_S = 3 * 30 + 300
ENDED_AT = "2026-03-04T05:06:09.890123Z"


def _says(text: object) -> dict[str, object]:
    return {"type": "reply", "text": text}


CASES = (
    Case(
        says="a text with the visitor's name",
        node=_says("Hi {{user_fullname}}!"),
        world=facts(variables={"user_fullname": "<Ann>"}),
        outcome="SUCCESS",
        variables={"user_fullname": "<Ann>"},
        effects=[MessagePosted(k=1, author="robot", text="Hi <Ann>!")],
    ),
    Case(
        says="in the visitor's language, in an agent's name, with a word to the agents",
        node={**_says({"en": "Hello", "zh-CN": "您好"}), "as": "a1", "notify_agents": True},
        world=facts(locale="zh-TW"),
        outcome="SUCCESS",
        reads={"locale": "zh-TW"},
        effects=[MessagePosted(k=1, author=AgentId("a1"), text="您好", notify_agents=True)],
    ),
    Case(
        says="a canned message with its variables",
        node={"type": "reply", "canned": "hello"},
        world=facts(settings=CANNED),
        outcome="SUCCESS",
        reads={"team": {"canned_messages.hello": HELLO}, "locale": ""},
        variables={"user_fullname": None},
        effects=[MessagePosted(k=1, author="robot", text="Hello there")],
    ),
    Case(
        says="the canned message is gone",
        node={"type": "reply", "canned": "hello"},
        outcome="FAILED",
        reads={"team": {"canned_messages.hello": None}},
        code="unknown_reference",
        detail="the team has no canned message hello; add it, or change the flow",
    ),
    Case(
        says="the canned message is no text with variables",
        node={"type": "reply", "canned": "broken"},
        world=facts(settings=CANNED),
        outcome="FAILED",
        reads={"team": {"canned_messages.broken": "{{"}},
        code="bad_template",
        detail="the canned message broken is wrong: column 1: unexpected end of input, expected expression",
    ),
    Case(
        says="a variable that nobody knows",
        node=_says("Hi {{user_fulname}}"),
        outcome="FAILED",
        reads={"unknown": ["user_fulname", "user_fullname"]},
        code="unknown_variable",
        detail="there is no variable user_fulname; did you mean user_fullname?",
    ),
    Case(
        says="what cannot be calculated",
        node=_says("{{user_fullname + 1}}"),
        world=facts(variables={"user_fullname": "Ann"}),
        outcome="FAILED",
        variables={"user_fullname": "Ann"},
        code="bad_operation",
        detail="user_fullname + 1 cannot be calculated with the values at hand",
    ),
    Case(
        says="nothing to say",
        node=_says(" {{user_email}} "),
        outcome="FAILED",
        variables={"user_email": None},
        code="empty_text",
        detail="the text came out empty; give its variables a default",
    ),
    Case(
        says="too much to say",
        node=_says("{{message_body}}{{message_body}}"),
        world=facts(variables={"message_body": "x" * 2001}),
        outcome="FAILED",
        variables={"message_body": "x" * 2001},
        code="text_too_long",
        detail="the text came out with more than 4000 characters",
    ),
    Case(
        says="the mail is taken; its subject is one line",
        node=BY_MAIL,
        world=facts(variables=KNOWN),
        asks=MAIL,
        lasts_s=MAIL_S,
        named=KNOWN,
        gets=TaskEnded(RUN, 3, after(2), ok=True),
        outcome="SUCCESS",
        reads={"task": {"at": ENDED_AT, "ok": True}},
    ),
    Case(
        says="the mail is refused",
        node=BY_MAIL,
        world=facts(variables=KNOWN),
        asks=MAIL,
        lasts_s=MAIL_S,
        named=KNOWN,
        gets=TaskEnded(RUN, 3, after(2), ok=False, code="mail_refused", detail="no such mailbox"),
        outcome="FAILED",
        reads={"task": {"at": ENDED_AT, "ok": False, "code": "mail_refused", "detail": "no such mailbox"}},
        code="mail_refused",
        detail="no such mailbox",
    ),
    Case(
        says="no worker takes the mail",
        node=BY_MAIL,
        world=facts(variables=KNOWN),
        asks=MAIL,
        lasts_s=MAIL_S,
        named=KNOWN,
        gets=TimerDue(RUN, 3),
        outcome="FAILED",
        code="task_timed_out",
        detail="no worker ended the task in time; is one running?",
    ),
    Case(
        says="no address to send the mail to",
        node=BY_MAIL,
        outcome="FAILED",
        variables={"user_email": None},
        code="no_address",
        detail="the visitor's user_email is not known; ask for it first",
    ),
    Case(
        says="a subject with a variable that nobody knows",
        node={**BY_MAIL, "subject": "{{user_emial}}"},
        world=facts(variables=KNOWN),
        outcome="FAILED",
        reads={"unknown": ["user_emial", "user_email"]},
        variables=KNOWN,
        code="unknown_variable",
        detail="there is no variable user_emial; did you mean user_email?",
    ),
    Case(
        says="a subject that cannot be calculated",
        node={**BY_MAIL, "subject": "{{user_email + 1}}"},
        world=facts(variables=KNOWN),
        outcome="FAILED",
        variables=KNOWN,
        code="bad_operation",
        detail="user_email + 1 cannot be calculated with the values at hand",
    ),
)
