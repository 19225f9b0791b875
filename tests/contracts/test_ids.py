"""Ids are derived, so that a repeat is recognised: for ever the same from the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import EventId, FrameId, RunId, TeamId, VisitorId, effect_id, event_id, is_token, run_id

_tokens = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


def test_ids_are_those_that_are_stored() -> None:
    """These stand in databases and streams: a change of the derivation would start every run anew."""
    event = event_id(TeamId("default"), VisitorId("v1"), FrameId("f1"))
    assert event == "c1697dae-e68e-82cd-add6-5dc07a71b113"
    assert run_id(event) == "a7934372-96c5-8a38-bad2-7e19760bfb3c"
    assert run_id(event, "draft") == "b9e06c00-3ef4-8b7e-86ef-ef75effe9162"
    assert effect_id(RunId("r"), 4, 1) == "r.4.1"


@given(st.tuples(_tokens, _tokens, _tokens), st.tuples(_tokens, _tokens, _tokens))
def test_another_frame_is_another_event(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """Equal ids mean equal team, visitor and frame; where one part ends and the next begins matters."""
    ids = [event_id(TeamId(t), VisitorId(v), FrameId(f)) for t, v, f in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)


@given(_tokens)
def test_a_run_has_the_form_of_a_uuid(event: str) -> None:
    """Version 8, variant 1 (RFC 9562), and a token of a subject."""
    run = run_id(EventId(event))
    assert (run[14], run[19] in "89ab") == ("8", True)
    assert is_token(run)


@pytest.mark.parametrize("text", ["", "a.b", "a b", "*", ">", "a\n", "\n", "ä", "a" * 65, "a/b", "a\0"])
def test_what_would_break_a_subject_is_no_token(text: str) -> None:
    """Dots, wildcards, white space, other alphabets, nothing at all and too much."""
    assert not is_token(text)
