"""Pushing settings while nobody, or somebody who hangs, is to look at them."""

import time

import msgspec
import pytest

from contracts.requests import PushTeam, TeamPushed
from services.chassis.bus import Bus, Received, RequestRejected

CHECK = "contracts.flows.check_team"


async def push(bus: Bus, settings: bytes = b'{"team": "default", "name": "Tea"}') -> TeamPushed:
    """Push these settings, and be answered within the time of a request."""
    began = time.monotonic()
    pushed = await bus.request("contracts.team.push", PushTeam(settings=msgspec.Raw(settings)), TeamPushed)
    assert time.monotonic() - began < 2
    return pushed


def warned(pushed: TeamPushed) -> list[tuple[str, str]]:
    """The warnings."""
    return [(warning.code, warning.level) for warning in pushed.warnings]


async def test_settings_are_taken_without_an_executor(conversations: None, bus: Bus) -> None:
    """They are stored, and whoever pushed them is told that nobody looked."""
    pushed = await push(bus)
    assert warned(pushed) == [("not_checked", "warning")]
    assert "no flow executor answers" in pushed.warnings[0].detail
    stored = await bus.keys.get("TEAM", "default")
    assert stored is not None
    assert stored[1] == pushed.revision


async def test_an_executor_that_hangs_is_not_waited_for(conversations: None, bus: Bus) -> None:
    """The push is answered in time all the same."""

    async def ignore(_: Received) -> None:
        pass

    await bus.listen(CHECK, ignore)
    assert warned(await push(bus)) == [("not_checked", "warning")]


async def test_what_is_wrong_is_refused_by_itself(conversations: None, bus: Bus) -> None:
    """Settings of the wrong form are refused also when nobody looks at their expressions."""
    with pytest.raises(RequestRejected) as caught:
        await push(bus, b'{"team": "default", "colour": 1, "time_zone": 7}')
    problems = [(problem.code, problem.at) for problem in caught.value.error.problems]
    assert problems == [("unknown_field", "colour"), ("bad_value", "time_zone")]
