"""Work outside: a request over HTTP, an e-mail, a word to the team's people. The run waits for how it ended.

The engine only says what is to be done; a worker does it, and its answer is recorded: a replay needs no network.
"""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contracts.run import Json, TaskRequested
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, Fault, NodeConfig, NodeType, Parked, Result
from services.flow_executor.engine.stimuli import Stimulus, TaskEnded, TimerDue
from services.flow_executor.engine.templates import Body, Template, UrlTemplate, Written
from services.flow_executor.engine.texts import Localised
from services.flow_executor.engine.variables import STATUS

_OUTCOMES = ("SUCCESS", "FAILED")
MAX_URL = 2048
MAX_HEADERS = 20
_DEFAULT_S = 10
_RETRIES = 2
_LONGEST_PAUSES = timedelta(minutes=5)
"""What all pauses between attempts, a restart of the worker and a queue before it may take in all."""

_Header = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$(?!\n)", description="the name of a header: A-Z a-z 0-9 -")
]


class HttpRequest(NodeConfig, frozen=True, kw_only=True):
    """One request to a host that the team allows."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[
        UrlTemplate, Meta(description="an address such as https://api.shop.example/orders/{{var_order}}")
    ]
    headers: Annotated[
        dict[_Header, Written],
        Meta(max_length=MAX_HEADERS, description=f"a table of at most {MAX_HEADERS} texts"),
    ] = msgspec.field(default_factory=dict[str, Template])
    body: Annotated[Body, Meta(description="a table, which is sent as JSON, or text")] | UnsetType = UNSET
    timeout_s: Annotated[int, Meta(ge=1, le=30, description="a whole number of seconds from 1 to 30")] = (
        _DEFAULT_S
    )
    """For one attempt."""
    retries: Annotated[int, Meta(ge=0, le=5, description="a whole number from 0 to 5")] = _RETRIES
    """Further attempts after no answer, or a status of 429 or 5xx."""
    save_as: (
        Annotated[
            str,
            Meta(
                pattern=r"^var_[a-z0-9_]{1,60}$(?!\n)",
                description="a name that begins with var_, such as var_order",
            ),
        ]
        | UnsetType
    ) = UNSET
    """The variable that gets what came back: its JSON, else its text."""


class SendEmail(NodeConfig, frozen=True, kw_only=True):
    """One plain-text e-mail."""

    to: Annotated[Template, Meta(description="an address such as {{user_email}}")]
    subject: Localised
    text: Localised


class NotifyAgents(NodeConfig, frozen=True, kw_only=True):
    """A sentence to the team's people: in the console, and to each webhook of the team."""

    text: Localised


def _url_faults(config: HttpRequest) -> tuple[Fault, ...]:
    if config.url.source.startswith(("https://", "http://")):
        return ()
    return (
        Fault(
            "url",
            "the address does not begin with https://",
            "write https://, or http:// within your network",
        ),
    )


def _to_faults(config: SendEmail) -> tuple[Fault, ...]:
    if "@" in config.to.source or "{{" in config.to.source:
        return ()
    return (Fault("to", "this is no e-mail address", "write one, or a variable such as {{user_email}}"),)


def patience(attempts: int, timeout_s: int = 30) -> timedelta:
    """How long a run waits for a task at most."""
    return attempts * timedelta(seconds=timeout_s) + _LONGEST_PAUSES


def ended(stimulus: TaskEnded | None) -> Done | Failure:
    """What a task's end makes of its node; None: it never ended."""
    if stimulus is None:
        return Failure("task_timed_out", "no worker ended the task in time; is one running?")
    return Done("SUCCESS") if stimulus.ok else Failure(stimulus.code, stimulus.detail)


def _http_request(config: HttpRequest, look: Look) -> Result:
    url = config.url.render(look)
    headers = {name: _line(value.render(look)) for name, value in config.headers.items()}
    body = "" if config.body is UNSET else config.body.render(look)
    if len(url) > MAX_URL:
        return Failure("bad_url", f"the address came out with more than {MAX_URL} characters")
    if config.body is not UNSET and config.body.is_json:
        headers = {"Content-Type": "application/json"} | headers
    request: dict[str, Json] = {
        "method": config.method,
        "url": url,
        "headers": dict[str, Json](headers),
        "body": body,
        "timeout_s": config.timeout_s,
        "attempts": config.retries + 1,
    }
    task = TaskRequested(k=1, kind="http_request", request=request)
    return Parked(patience(config.retries + 1, config.timeout_s), _OUTCOMES, (task,))


def _answered(config: HttpRequest, stimulus: Stimulus) -> Done | Failure | None:
    match stimulus:
        case TimerDue():
            return ended(None)
        case TaskEnded(ok=ok, code=code, detail=detail):
            sets = _sets(config, stimulus)
            return Done("SUCCESS", sets=sets) if ok else Failure(code, detail, sets)
        case _:
            return None


def _sets(config: HttpRequest, answer: TaskEnded) -> dict[str, Json]:
    sets: dict[str, Json] = {} if answer.status is None else {STATUS: answer.status}
    if config.save_as is not UNSET and answer.status is not None:
        sets[config.save_as] = answer.value
    return sets


def _send_email(config: SendEmail, look: Look) -> Result:
    to, subject, text = (
        _line(config.to.render(look)),
        config.subject.render(look),
        config.text.render(look),
    )
    if "@" not in to:
        return Failure("no_address", "the address came out as none; ask the visitor for it first")
    request: dict[str, Json] = {"to": to, "subject": _line(subject), "text": text, "attempts": _RETRIES + 1}
    return Parked(
        patience(_RETRIES + 1), _OUTCOMES, (TaskRequested(k=1, kind="send_email", request=request),)
    )


def _notify_agents(config: NotifyAgents, look: Look) -> Result:
    text = config.text.render(look)
    request: dict[str, Json] = {"text": text, "attempts": _RETRIES + 1}
    return Parked(
        patience(_RETRIES + 1), _OUTCOMES, (TaskRequested(k=1, kind="notify_agents", request=request),)
    )


def _done(_config: NodeConfig, stimulus: Stimulus) -> Done | Failure | None:
    match stimulus:
        case TimerDue():
            return ended(None)
        case TaskEnded():
            return ended(stimulus)
        case _:
            return None


def _line(text: str) -> str:
    """On one line: what stands in a header must not begin another one."""
    return " ".join(text.split())


TYPES = (
    NodeType(
        name="http_request",
        zh="HTTP 请求",
        en="HTTP request",
        icon="world",
        config=HttpRequest,
        outcomes=_OUTCOMES,
        faults=_url_faults,
        decide=_http_request,
        wake=_answered,
    ),
    NodeType(
        name="send_email",
        zh="发送邮件",
        en="Send an e-mail",
        icon="mail",
        config=SendEmail,
        outcomes=_OUTCOMES,
        faults=_to_faults,
        decide=_send_email,
        wake=_done,
    ),
    NodeType(
        name="notify_agents",
        zh="通知座席",
        en="Notify agents",
        icon="bell",
        config=NotifyAgents,
        outcomes=_OUTCOMES,
        decide=_notify_agents,
        wake=_done,
    ),
)
