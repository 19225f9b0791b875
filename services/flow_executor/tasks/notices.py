"""One attempt at telling the team's people: in the console by CHAT, and by every webhook of the team."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from contracts.chat import AgentsNotified
from contracts.ids import TeamId
from contracts.subjects import chat
from contracts.task import NotifyAgents
from contracts.team import TeamSettings, Webhook
from services.chassis.bus import Bus
from services.chassis.bus.headers import MESSAGE_ID
from services.chassis.clock import Clock
from services.chassis.errors import Rejected
from services.flow_executor.tasks import webhooks
from services.flow_executor.tasks.http_requests import is_passing, retry_after
from services.flow_executor.tasks.outcome import Attempt, Outcome
from services.flow_executor.tasks.outside import Asked, NoAnswer, Outside

ATTEMPT_S = 30.0
"""What a webhook may take in one attempt."""

_DONE = Outcome(ok=True)


class Notices:
    """Tells people. What was told once is not told again by a later attempt."""

    def __init__(
        self, bus: Bus, outside: Outside, settings: Callable[[TeamId], TeamSettings], clock: Clock
    ) -> None:
        self._bus = bus
        self._outside = outside
        self._settings = settings
        self._clock = clock

    def begin(self, task: NotifyAgents, at: datetime) -> Attempt:
        """The attempts at this task."""
        # By the stream's time, so that it is always the same bytes.
        notified = AgentsNotified(
            id=task.id, team=task.team, visitor=task.visitor, at=at, run=task.run, text=task.text
        )
        told: set[str] = set()
        return partial(self._attempt, notified, told)

    async def _attempt(self, notified: AgentsNotified, told: set[str]) -> Outcome:
        subject = chat(notified.team, notified.visitor, "state")
        await self._bus.store(subject, msgspec.json.encode(notified), {MESSAGE_ID: notified.id})
        settings = self._settings(notified.team)
        async with asyncio.TaskGroup() as tasks:
            posts = {
                webhook.url: tasks.create_task(self._post(webhook, notified, settings))
                for webhook in settings.webhooks
                if webhook.url not in told
            }
        outcomes = {url: post.result() for url, post in posts.items()}
        told.update(url for url, outcome in outcomes.items() if outcome.ok)
        failures = [outcome for outcome in outcomes.values() if not outcome.ok]
        return _together(failures, len(settings.webhooks))

    async def _post(self, webhook: Webhook, notified: AgentsNotified, settings: TeamSettings) -> Outcome:
        content = webhooks.body(webhook, notified)
        now = self._clock()
        asked = Asked(
            method="POST",
            url=webhook.url,
            key=notified.id,
            headers=webhooks.headers(webhook, content, int(now.timestamp())),
            body=content,
        )
        try:
            answer = await self._outside.ask(asked, settings.allowed_hosts, ATTEMPT_S)
        except Rejected as exc:
            return Outcome(ok=False, code=exc.code, detail=exc.detail)
        except NoAnswer as exc:
            return Outcome(ok=False, code="no_answer", detail=str(exc), may_pass=True)
        if answer.status >= 300:
            return Outcome(
                ok=False,
                code="http_status",
                detail=f"{answer.rule} answered with status {answer.status}",
                may_pass=is_passing(answer.status),
                after_s=retry_after(answer.headers.get("retry-after", ""), now),
            )
        if webhooks.is_refusal(webhook, answer.body):
            detail = f"{answer.rule} took the message and refused it; are its key words or its signature set?"
            return Outcome(ok=False, code="webhook_refused", detail=detail)
        return _DONE


def _together(failures: list[Outcome], count: int) -> Outcome:
    """The first failure, for all of them; another attempt is worth while if one of them may pass."""
    if not failures:
        return _DONE
    first = failures[0]
    return msgspec.structs.replace(
        first,
        detail=f"{len(failures)} of {count} webhooks failed: {first.detail}",
        may_pass=any(failure.may_pass for failure in failures),
        after_s=max(failure.after_s for failure in failures),
    )
