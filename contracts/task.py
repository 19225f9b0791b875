"""Work outside that a flow asks for: stream TASK, one message per task, answered by one `TaskDone`.

`task.<kind>.<run>.<seq>` asks, `task.done.<run>.<seq>` answers. A worker may die between its work and its answer: then
the work is done again, under the same `id`, which goes along as an idempotency key.
"""

from typing import Literal

from msgspec import Struct

from contracts.forms import Json
from contracts.ids import MessageId, RunId, TeamId, VisitorId

TaskKind = Literal["http_request", "send_email", "notify_agents"]


class _Task(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: MessageId
    """The effect's id, `<run>.<seq>.<k>`: the idempotency key."""
    run: RunId
    seq: int
    team: TeamId
    visitor: VisitorId


class HttpRequest(_Task, frozen=True, kw_only=True, tag="http_request", omit_defaults=True):
    """One HTTP request to a host that the team allows."""

    method: str
    url: str
    headers: dict[str, str] = {}
    body: str = ""
    timeout_s: int = 10
    """For one attempt."""
    attempts: int = 3


class SendEmail(_Task, frozen=True, kw_only=True, tag="send_email", omit_defaults=True):
    """One plain-text e-mail."""

    to: str
    subject: str
    text: str
    attempts: int = 3


class NotifyAgents(_Task, frozen=True, kw_only=True, tag="notify_agents", omit_defaults=True):
    """One sentence to the team's people: the console, and every webhook that the team has set."""

    text: str
    attempts: int = 3


Task = HttpRequest | SendEmail | NotifyAgents


class TaskDone(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a task ended. `ok` false: `code` and `detail` say why, in one sentence."""

    run: RunId
    seq: int
    ok: bool
    status: int | None = None
    """Of an HTTP response."""
    code: str = ""
    detail: str = ""
    value: Json = None
    """The body of the response: its JSON, else its text, cut at 64 KiB."""
