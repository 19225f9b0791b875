"""Who is online: sessions in, people out."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.subjects import SessionKey, parse_session_key
from services.chassis.online import DOUBT_S, Online, Person

TEAM = parse_session_key("default.agent.a1.s1").team
A1 = Person(TEAM, "agent", "a1")
A2 = Person(TEAM, "agent", "a2")


def key(text: str) -> SessionKey:
    """`a1.s1` of team default's agents."""
    return parse_session_key(f"default.agent.{text}")


def snapshot(online: Online, *keys: str, told: tuple[Person, ...] = (), now: float = 0.0) -> set[Person]:
    """Take these sessions as all that there are."""
    return online.replace([key(text) for text in keys], told, now)


def test_nobody_is_online_at_first() -> None:
    """Without sessions nobody is online."""
    assert Online().online(TEAM, "agent") == []


def test_one_session_is_enough() -> None:
    """Somebody with two sessions stays online until both are over."""
    online = Online()
    assert online.put(key("a1.s1")) == A1
    online.put(key("a1.s2"))
    online.gone(key("a1.s1"), 0, has_expired=True)
    assert online.online(TEAM, "agent") == ["a1"]
    online.gone(key("a1.s2"), 0, has_expired=True)
    assert online.online(TEAM, "agent") == []


def test_teams_and_kinds_are_apart() -> None:
    """A visitor of the same id is not the agent, nor is an agent of another team."""
    online = Online()
    online.put(parse_session_key("default.agent.x.s"))
    online.put(parse_session_key("default.visitor.y.s"))
    online.put(parse_session_key("other.agent.z.s"))
    assert online.online(TEAM, "agent") == ["x"]
    assert online.online(TEAM, "visitor") == ["y"]


def test_a_snapshot_touches_who_was_and_who_is() -> None:
    """Everybody whose state may differ is named: who is there, who was, and who was told to be."""
    online = Online()
    online.put(key("a1.s1"))
    a3 = Person(TEAM, "agent", "a3")
    assert snapshot(online, "a2.s1", told=(a3,)) == {A1, A2, a3}


def test_who_is_missing_is_doubtful_for_a_while() -> None:
    """Told to be online and missing in a snapshot: online until the doubt is over, then offline."""
    online = Online()
    snapshot(online, told=(A1,), now=100)
    assert online.is_online(A1)
    assert online.doubt_until == 100 + DOUBT_S
    assert online.settle(100 + DOUBT_S - 0.1) == set()
    assert online.settle(100 + DOUBT_S) == {A1}
    assert not online.is_online(A1)
    assert online.doubt_until is None


def test_who_comes_back_is_not_doubtful() -> None:
    """A session that is put again ends the doubt."""
    online = Online()
    snapshot(online, told=(A1,), now=100)
    online.put(key("a1.s2"))
    assert online.settle(200) == set()
    assert online.is_online(A1)


def test_who_signs_out_is_offline_at_once() -> None:
    """A session taken away is no doubt, not even just after an outage."""
    online = Online()
    snapshot(online, "a1.s1", told=(A1,), now=100)
    online.gone(key("a1.s1"), 101, has_expired=False)
    assert not online.is_online(A1)


def test_a_session_that_runs_out_after_an_outage_is_doubtful() -> None:
    """The bus came back with the sessions of before, and lets them go a moment later."""
    online = Online()
    snapshot(online, "a1.s1", now=100)
    online.gone(key("a1.s1"), 101, has_expired=True)
    assert online.is_online(A1)
    online.gone(key("a1.s1"), 102, has_expired=False)
    assert not online.is_online(A1)


def test_a_session_that_runs_out_otherwise_is_over() -> None:
    """Long after the last outage there is no doubt."""
    online = Online()
    snapshot(online, "a1.s1", now=100)
    online.gone(key("a1.s1"), 100 + DOUBT_S, has_expired=True)
    assert not online.is_online(A1)


_NAMES = st.sampled_from(["a1.s1", "a1.s2", "a2.s1", "a2.s2", "a3.s1"])
_STEPS = st.lists(st.tuples(st.sampled_from(["put", "gone", "snapshot"]), st.sets(_NAMES, min_size=1)))


@given(_STEPS)
def test_whoever_changes_is_named(steps: list[tuple[str, set[str]]]) -> None:
    """After any steps the online ones are those with a session, and each step names everybody whom it changed."""
    online = Online()
    model: set[str] = set()
    now = 0.0
    for step, names in steps:
        now += 2 * DOUBT_S
        before = set(online.online(TEAM, "agent"))
        if step == "put":
            named = {online.put(key(name)) for name in names}
            model |= names
        elif step == "gone":
            named = {online.gone(key(name), now, has_expired=True) for name in names}
            model -= names
        else:
            named = snapshot(online, *names, now=now) | online.settle(now + DOUBT_S)
            model = set(names)
        after = set(online.online(TEAM, "agent"))
        assert after == {name.partition(".")[0] for name in model}
        assert {person.id for person in named} >= before ^ after
