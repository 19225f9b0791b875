"""The rules behind the sockets, without any of them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from contracts.frames import FINAL_ERRORS
from services.widget_gateway.incoming import frame_in
from services.widget_gateway.limits import CLOSED_S, Allowance
from services.widget_gateway.origins import Origins
from services.widget_gateway.position import Position
from services.widget_gateway.refusal import Refused

KINDS = ("visitor", "agent", "robot", "state")


class Clock:
    """A clock that stands until it is told."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_burst_passes_and_a_flood_does_not() -> None:
    """As many frames as the burst pass at once, then none."""
    allowance = Allowance(5, 10, Clock())
    assert [allowance.take() for _ in range(5)] == [0] * 5
    assert allowance.take() == CLOSED_S


def test_after_a_refusal_nothing_overtakes() -> None:
    """Until the time that was told has passed, all is refused; then the first one passes again."""
    clock = Clock()
    allowance = Allowance(1, 10, clock)
    allowance.take()
    wait = allowance.take()
    clock.now += wait - 0.25
    assert math.isclose(allowance.take(), 0.25)
    clock.now += 0.25
    assert allowance.take() == 0


def test_in_the_long_run_the_rate_holds() -> None:
    """Who keeps to the rate is never refused."""
    clock = Clock()
    allowance = Allowance(2, 10, clock)
    for _ in range(100):
        assert allowance.take() == 0
        clock.now += 0.1


def test_own_pages_are_known_by_address() -> None:
    """Names of this machine with our port, and the public address; nothing that only looks like them."""
    origins = Origins(8080, "https://chat.example:443/")
    for own in (
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
        "https://chat.example",
    ):
        assert origins.may_embed(own, [])
    for foreign in (
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://localhost.evil.example:8080",
        "http://chat.example",
        "https://chat.example:444",
        "null",
        "",
        "http://[",
    ):
        assert not origins.may_embed(foreign, [])


def test_allowed_origins_are_read_kindly() -> None:
    """A trailing slash, capitals or the scheme's own port in the settings make no difference."""
    origins = Origins(8080)
    for allowed in ("https://shop.example", "https://Shop.example/", "https://shop.example:443"):
        assert origins.may_embed("https://shop.example", [allowed])
    assert not origins.may_embed("https://shop.example", ["http://shop.example", "shop.example", ""])


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=30), st.integers(0, 5))
def test_every_hole_is_seen(messages: list[tuple[str, bool]], floor: int) -> None:
    """Of any messages, some unheard: what follows an unheard one on its subject is not passed on before a read."""
    position = Position(floor)
    last: dict[str, int] = dict.fromkeys(KINDS, 0)
    given_: set[int] = set()
    for seq, (kind, is_heard) in enumerate(messages, start=floor + 1):
        previous, last[kind] = last[kind], seq
        if not is_heard:
            continue
        if position.lacks(kind, previous):
            given_ |= set(range(floor + 1, seq + 1))
            position.complete(seq)
        else:
            position.take(kind, seq)
            given_.add(seq)
        assert previous == 0 or previous in given_
        assert all(position.has(kind, last[kind]) == (last[kind] in given_ | {0}) for kind in KINDS)


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_anything_at_all_is_a_frame_or_a_refusal(message: str | bytes) -> None:
    """Whatever a client sends, nothing else comes out."""
    refusal: Refused | None = None
    try:
        frame_in(message)
    except Refused as exc:
        refusal = exc
    assert refusal is None or refusal.code in FINAL_ERRORS
