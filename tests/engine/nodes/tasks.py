"""Work outside: what is asked for, and how it ends."""

from collections.abc import Mapping

from contracts.run import Effect, Json, TaskRequested
from services.flow_executor.engine.stimuli import TaskEnded, TimerDue
from tests.engine.nodes.case import Case
from tests.engine.worlds import RUN, after, facts

AT = "2026-03-04T05:06:09.890123Z"
LATE = ("task_timed_out", "no worker ended the task in time; is one running?")
ORDER = {
    "type": "http_request",
    "method": "POST",
    "url": "https://api.shop.example/orders/{{message_body}}",
    "headers": {"X-Who": "{{user_fullname}}", "X-Plain": "yes"},
    "body": {"who": "{{user_fullname}}", "tags": ["{{message_body}}", 3, None]},
    "timeout_s": 5,
    "retries": 1,
    "save_as": "var_order",
}
VISITOR: dict[str, Json] = {"message_body": "4/2?a=b&ü", "user_fullname": 'Ann "x"\r\nEvil: yes'}
ORDERED = TaskRequested(
    k=1,
    kind="http_request",
    request={
        "method": "POST",
        "url": "https://api.shop.example/orders/4%2F2%3Fa%3Db%26%C3%BC",
        "headers": {"Content-Type": "application/json", "X-Who": 'Ann "x" Evil: yes', "X-Plain": "yes"},
        "body": r'{"who":"Ann \"x\"\r\nEvil: yes","tags":["4/2?a=b&ü",3,null]}',
        "timeout_s": 5,
        "attempts": 2,
    },
)
ORDER_S = 2 * 5 + 300
GET = {"type": "http_request", "url": "https://api.shop.example/"}
MAIL = {"type": "send_email", "to": "{{user_email}}\nBcc: x@y", "subject": "A\r\nB", "text": "Hi\nthere"}
ANN: dict[str, Json] = {"user_email": "ann@shop.example"}
MAILED = TaskRequested(
    k=1,
    kind="send_email",
    request={"to": "ann@shop.example Bcc: x@y", "subject": "A B", "text": "Hi\nthere", "attempts": 3},
)
NOTICE = {
    "type": "notify_agents",
    "text": {"en": "{{user_fullname or 'Somebody'}} waits", "de": "Es wartet jemand"},
}
NOTIFIED = TaskRequested(k=1, kind="notify_agents", request={"text": "Somebody waits", "attempts": 3})
WORK_S = 3 * 30 + 300


def _ended(ok: bool = True, **more: Json) -> dict[str, Json]:
    return {"task": {"at": AT, "ok": ok, **more}}


def _plain(body: str) -> Effect:
    request: dict[str, Json] = {
        "method": "GET", "url": "https://api.shop.example/", "headers": {}, "body": body, "timeout_s": 10,
        "attempts": 3,
    }  # fmt: skip
    return TaskRequested(k=1, kind="http_request", request=request)


def _failing(node: Mapping[str, object], name: str) -> tuple[Case, Case]:
    """That node with a text that fails, in both ways."""

    def written(text: str) -> object:
        return {"x": text} if name in {"headers", "body"} else f"https://{text}"

    return (
        Case(
            says=f"{name}: a variable that nobody knows",
            node={**node, name: written("{{user_fulname}}")},
            world=facts(variables=ANN),
            outcome="FAILED",
            reads={"unknown": ["user_fulname", "user_fullname"]},
            variables=ANN if node["type"] == "send_email" and name != "to" else {},
            code="unknown_variable",
            detail="there is no variable user_fulname; did you mean user_fullname?",
        ),
        Case(
            says=f"{name}: what cannot be calculated",
            node={**node, name: written("{{user_city + 1}}")},
            world=facts(variables={**ANN, "user_city": "Ulm"}),
            outcome="FAILED",
            variables={"user_city": "Ulm"} | (ANN if node["type"] == "send_email" and name != "to" else {}),
            code="bad_operation",
            detail="user_city + 1 cannot be calculated with the values at hand",
        ),
    )  # fmt: skip


CASES = (
    Case(
        says="the answer is saved; values are escaped for the address, the header and the body",
        node=ORDER,
        world=facts(variables=VISITOR),
        asks=[ORDERED],
        lasts_s=ORDER_S,
        named=VISITOR,
        gets=TaskEnded(RUN, 3, after(2), ok=True, status=200, value={"state": "sent"}),
        outcome="SUCCESS",
        reads=_ended(status=200),
        sets={"var_status": 200, "var_order": {"state": "sent"}},
    ),
    Case(
        says="refused, with what came back",
        node=ORDER,
        world=facts(variables=VISITOR),
        asks=[ORDERED],
        lasts_s=ORDER_S,
        named=VISITOR,
        gets=TaskEnded(RUN, 3, after(2), False, 404, "http_status", "404 Not Found", "gone"),
        outcome="FAILED",
        reads=_ended(ok=False, status=404, code="http_status", detail="404 Not Found"),
        sets={"var_status": 404, "var_order": "gone"},
        code="http_status",
        detail="404 Not Found",
    ),
    Case(
        says="nobody there, so no status",
        node=ORDER,
        world=facts(variables=VISITOR),
        asks=[ORDERED],
        lasts_s=ORDER_S,
        named=VISITOR,
        gets=TaskEnded(RUN, 3, after(2), ok=False, code="http_unreachable", detail="nobody answers"),
        outcome="FAILED",
        reads=_ended(ok=False, code="http_unreachable", detail="nobody answers"),
        code="http_unreachable",
        detail="nobody answers",
    ),
    Case(
        says="no worker in time",
        node=ORDER,
        world=facts(variables=VISITOR),
        asks=[ORDERED],
        lasts_s=ORDER_S,
        named=VISITOR,
        gets=TimerDue(RUN, 3),
        outcome="FAILED",
        code=LATE[0],
        detail=LATE[1],
    ),
    Case(
        says="nothing is saved without save_as; a text stays as it is",
        node={**GET, "body": "who={{user_city or 'x'}}"},
        asks=[_plain("who=x")],
        lasts_s=3 * 10 + 300,
        named={"user_city": None},
        gets=TaskEnded(RUN, 3, after(2), ok=True, status=204, value=None),
        outcome="SUCCESS",
        reads=_ended(status=204),
        sets={"var_status": 204},
    ),
    Case(
        says="an address that came out too long",
        node={**GET, "url": "https://api.shop.example/{{message_body}}"},
        world=facts(variables={"message_body": "é" * 400}),
        outcome="FAILED",
        variables={"message_body": "é" * 400},
        code="bad_url",
        detail="the address came out with more than 2048 characters",
    ),
    *_failing(GET, "url"),
    *_failing(GET, "headers"),
    *_failing(GET, "body"),
    Case(
        says="the mail is taken; what stands in a header is one line",
        node=MAIL,
        world=facts(variables=ANN),
        asks=[MAILED],
        lasts_s=WORK_S,
        named=ANN,
        gets=TaskEnded(RUN, 3, after(2), ok=True),
        outcome="SUCCESS",
        reads=_ended(),
    ),
    Case(
        says="the mail is refused",
        node=MAIL,
        world=facts(variables=ANN),
        asks=[MAILED],
        lasts_s=WORK_S,
        named=ANN,
        gets=TaskEnded(RUN, 3, after(2), ok=False, code="mail_refused", detail="no such mailbox"),
        outcome="FAILED",
        reads=_ended(ok=False, code="mail_refused", detail="no such mailbox"),
        code="mail_refused",
        detail="no such mailbox",
    ),
    Case(
        says="no worker in time",
        node=MAIL,
        world=facts(variables=ANN),
        asks=[MAILED],
        lasts_s=WORK_S,
        named=ANN,
        gets=TimerDue(RUN, 3),
        outcome="FAILED",
        code=LATE[0],
        detail=LATE[1],
    ),
    Case(
        says="no address",
        node={**MAIL, "to": "{{user_email}}"},
        outcome="FAILED",
        variables={"user_email": None},
        code="no_address",
        detail="the address came out as none; ask the visitor for it first",
    ),
    *_failing({**MAIL, "to": "{{user_email}}"}, "subject"),
    *_failing({**MAIL, "to": "{{user_email}}"}, "text"),
    Case(
        says="the agents are told, in the visitor's language",
        node=NOTICE,
        asks=[NOTIFIED],
        lasts_s=WORK_S,
        looked={"locale": ""},
        named={"user_fullname": None},
        gets=TaskEnded(RUN, 3, after(2), ok=True),
        outcome="SUCCESS",
        reads=_ended(),
    ),
    Case(
        says="a webhook refuses",
        node=NOTICE,
        asks=[NOTIFIED],
        lasts_s=WORK_S,
        looked={"locale": ""},
        named={"user_fullname": None},
        gets=TaskEnded(RUN, 3, after(2), ok=False, code="http_status", detail="500"),
        outcome="FAILED",
        reads=_ended(ok=False, code="http_status", detail="500"),
        code="http_status",
        detail="500",
    ),
    Case(
        says="no worker in time",
        node=NOTICE,
        asks=[NOTIFIED],
        lasts_s=WORK_S,
        looked={"locale": ""},
        named={"user_fullname": None},
        gets=TimerDue(RUN, 3),
        outcome="FAILED",
        code=LATE[0],
        detail=LATE[1],
    ),
    *_failing(NOTICE, "text"),
)  # fmt: skip
