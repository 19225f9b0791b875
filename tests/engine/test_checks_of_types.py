"""What each node type refuses: the place, the sentence, the way out; and what it refers to that the team lacks."""

import pytest

from contracts.flow import FlowDefinition, parse
from contracts.forms import Problem
from services.flow_executor.engine.checks import dangling, examine
from services.flow_executor.engine.team import Known
from tests.engine.worlds import document

REGEX: dict[str, object] = {"type": "regex", "variable": "message_body"}
BRANCH: dict[str, object] = {"type": "branch", "variable": "message_body"}
HOURS: dict[str, object] = {"type": "working_hours"}
REPLY: dict[str, object] = {"type": "reply", "text": "Hi"}
HTTP: dict[str, object] = {"type": "http_request", "url": "https://api.shop.example/"}
MAIL: dict[str, object] = {"type": "send_email", "to": "{{user_email}}", "subject": "Hi", "text": "Hi"}
LOGIC: dict[str, object] = {"type": "logic"}
FIELD: dict[str, object] = {"type": "set_field", "field": "age", "value": "1"}
SYNTAX = "write RE2 syntax: no look-ahead, no back-references; https://github.com/google/re2/wiki/Syntax"
PLACE = "mend it at that place"
UNFINISHED = "column 1: unexpected end of input, expected expression"
SPAN = "write hours such as 09:00-17:30; 22:00-06:00 goes on into the next day"
KNOWN: Known = {
    "agent": ["ann", "bob"],
    "group": ["sales"],
    "segment": ["vips"],
    "canned message": ["hello"],
    "customer type": ["lead"],
}


def errors(node: dict[str, object], known: Known | None = None) -> list[Problem]:
    """The errors of a flow with that node."""
    _, problems = examine(document({"it": node}), known)
    wrong = [problem for problem in problems if problem.level == "error"]
    assert all(problem.detail and problem.hint for problem in wrong)
    return [problem for problem in wrong if (problem.code, problem.at) != ("unreachable_node", "nodes.end")]


WRITABLE = "take a field such as user_email, or the id of a custom field of the team"

MISTAKES: list[tuple[dict[str, object], str, str, str | None, str | None]] = [
    (FIELD | {"field": "now"}, "bad_value", "field", "now cannot be written by a flow", WRITABLE),
    (FIELD | {"field": "var_x"}, "bad_value", "field", "var_x cannot be written by a flow", WRITABLE),
    (REPLY | {"form": ["user_email", "now"]}, "bad_value", "form.1", "now cannot be asked for", WRITABLE),
    (REPLY | {"form": ["Bad Name"]}, "bad_value", "form.0", "Bad Name cannot be asked for", WRITABLE),
    (REGEX | {"pattern": "(ab"}, "bad_pattern", "pattern", "column 4: missing )", SYNTAX),
    (REGEX | {"pattern": "a(?=b)"}, "bad_pattern", "pattern", "column 2: invalid perl operator: (?=", SYNTAX),
    (REGEX | {"pattern": "座[z-a]"}, "bad_pattern", "pattern", "column 3: invalid character class range: z-a", None),
    (REGEX | {"pattern": "x{2000}"}, "bad_pattern", "pattern", "column 2: invalid repetition size: {2000}", SYNTAX),
    (REGEX | {"pattern": "a\\"}, "bad_pattern", "pattern", "column 3: trailing \\", SYNTAX),
    (
        REGEX | {"pattern": r"(\pL{30}){33}"}, "bad_pattern", "pattern", "the pattern is too heavy",
        "repeat less: {n} multiplies what it follows, and classes such as \\pL are long",
    ),
    (
        REGEX | {"pattern": "(?P<a>x)|(?P<a>y)"}, "bad_pattern", "pattern", "column 10: there is a group a already",
        "give it another name: each is a variable",
    ),
    (REGEX | {"pattern": "(?P<名>x)"}, "bad_pattern", "pattern", "column 1: 名 is no name of a group", None),
    (REGEX | {"pattern": ""}, "bad_value", "pattern", "the pattern has 0 characters", "write 1 to 500"),
    (REGEX | {"pattern": "x" * 501}, "bad_value", "pattern", "the pattern has 501 characters", "write 1 to 500"),
    (REGEX, "bad_value", "pattern", "pattern is missing", "write a regular expression in RE2 syntax"),
    (
        {"type": "regex", "variable": "{{x}}", "pattern": "x"}, "bad_value", "variable",
        '"{{x}}" is no name of a variable', "write a bare name such as message_body",
    ),
    (BRANCH | {"options": []}, "bad_value", "options", "options has 0 entries", "write a list of 1 to 50 texts"),
    (
        BRANCH | {"options": [str(n) for n in range(51)]}, "bad_value", "options", "options has 51 entries",
        "write a list of 1 to 50 texts",
    ),
    (BRANCH | {"options": "a"}, "bad_value", "options", 'options cannot be "a"', "write a list of 1 to 50 texts"),
    (
        BRANCH | {"options": ["a", ""]}, "bad_value", "options.1", 'options cannot hold ""',
        "write text of 1 to 64 characters",
    ),
    (
        BRANCH | {"options": ["a", "b", "a"]}, "bad_value", "options.2", "a is an outcome already",
        "give it another name, or remove it",
    ),
    (BRANCH | {"options": ["DEFAULT"]}, "bad_value", "options.0", "DEFAULT is an outcome already", None),
    (HOURS | {"hours": {"mon": ["9-17"]}}, "bad_value", "hours.mon.0", 'mon cannot hold "9-17"', SPAN),
    (HOURS | {"hours": {"mon": ["09:00-24:01"]}}, "bad_value", "hours.mon.0", None, SPAN),
    (
        HOURS | {"hours": {"monday": []}}, "unknown_field", "hours.monday", "there is no field monday here",
        "did you mean mon?",
    ),
    (
        HOURS | {"time_zone": "Asia/Shanhai"}, "bad_value", "time_zone", "there is no time zone Asia/Shanhai",
        "did you mean Asia/Shanghai?",
    ),
    (
        HOURS | {"holidays": ["2026-02-30"]}, "bad_value", "holidays.0", "2026-02-30 is not in the calendar",
        "write days such as 2026-10-01",
    ),
    (HOURS | {"holidays": ["2026-10-07/2026-10-01"]}, "bad_value", "holidays.0", None, None),
    (REPLY | {"text": {"en": "{{", "de": "Hi"}}, "bad_template", "text.en", UNFINISHED, PLACE),
    (
        {"type": "reply"}, "bad_value", "text", "a reply has a text or a canned message, one of them",
        "write text, or canned",
    ),
    (REPLY | {"canned": "hello"}, "bad_value", "text", None, None),
    (
        REPLY | {"quick_replies": ["x" * 65]}, "bad_value", "quick_replies.0", None,
        "write text of 1 to 64 characters",
    ),
    (
        REPLY | {"quick_replies": [str(n) for n in range(9)]}, "bad_value", "quick_replies",
        "quick_replies has 9 entries", "write a list of at most 8 texts",
    ),
    (REPLY | {"quick_replies": ["TIMEOUT"]}, "bad_value", "quick_replies.0", "TIMEOUT is an outcome already", None),
    (
        REPLY | {"quick_replies": ["a"], "survey": True}, "bad_value", "survey",
        "a message asks one thing at a time, and this one has quick_replies", "use two nodes",
    ),
    (REPLY | {"form": ["a", "a"]}, "bad_value", "form", "the form asks for a twice", "remove one"),
    (
        REPLY | {"form": [{"field": "a", "lable": "A"}]}, "unknown_field", "form.0.lable",
        "there is no field lable here", "did you mean label?",
    ),
    (
        REPLY | {"form": [{"field": "a", "type": "emial"}]}, "bad_value", "form.0.type",
        'type cannot be "emial"', 'did you mean "email"?',
    ),
    (REPLY | {"lock_input": True}, "bad_value", "lock_input", "there is nothing to answer by but the input", None),
    (
        REPLY | {"channel": "email", "form": ["a"]}, "bad_value", "form", "an e-mail cannot have form",
        'use channel = "web"',
    ),
    (
        REPLY | {"subject": "News"}, "bad_value", "subject", "only an e-mail has a subject",
        'remove it, or set channel = "email"',
    ),
    ({"type": "wait", "seconds": 604_801}, "bad_value", "seconds", "seconds cannot be 604801", None),
    (
        {"type": "assign_any", "online_only": "yes"}, "bad_value", "online_only", 'online_only cannot be "yes"',
        "write true or false",
    ),
    (
        {"type": "assign_group", "group": "sales", "online": "prefered"}, "bad_value", "online", None,
        'did you mean "prefer"?',
    ),
    ({"type": "convert"}, "bad_value", "customer_type", "customer_type is missing", None),
    (
        FIELD | {"field": "User Name"}, "bad_value", "field", 'field cannot be "User Name"',
        "write a name of 1 to 64 lowercase letters, digits and _, that does not begin with a digit",
    ),
    (FIELD | {"value": 3}, "bad_value", "value", "value cannot be 3", None),
    ({"type": "appearance"}, "bad_value", "title", "this changes nothing", None),
    (
        {"type": "appearance", "colour": "red"}, "bad_value", "colour", 'colour cannot be "red"',
        "write a colour such as #1677ff",
    ),
    ({"type": "appearance", "effect": "boing"}, "bad_value", "effect", 'effect cannot be "boing"', None),
    ({"type": "appearance", "background": "http://x"}, "bad_value", "background", None, None),
    (
        {"type": "predict_answer", "threshold": 1.5}, "bad_value", "threshold", "threshold cannot be 1.5",
        "write a number above 0, at most 1",
    ),
    (
        HTTP | {"url": "ftp://x"}, "bad_value", "url", "the address does not begin with https://",
        "write https://, or http:// within your network",
    ),
    (HTTP | {"method": "get"}, "bad_value", "method", 'method cannot be "get"', 'did you mean "GET"?'),
    (
        HTTP | {"headers": {"a b": "x"}}, "bad_value", "headers.a b", '"a b" cannot be a name here',
        "write the name of a header: A-Z a-z 0-9 -",
    ),
    (HTTP | {"headers": {"A": "{{"}}, "bad_template", "headers.A", UNFINISHED, PLACE),
    (
        HTTP | {"headers": {f"h{n}": "x" for n in range(21)}}, "bad_value", "headers", "headers has 21 entries",
        "write a table of at most 20 texts",
    ),
    (HTTP | {"body": {"a": ["x", "{{"]}}, "bad_template", "body.a.1", UNFINISHED, PLACE),
    (HTTP | {"body": 3}, "bad_value", "body", "body cannot be 3", "write a table, which is sent as JSON, or text"),
    (HTTP | {"timeout_s": 31}, "bad_value", "timeout_s", None, "write a whole number of seconds from 1 to 30"),
    (HTTP | {"retries": 6}, "bad_value", "retries", None, "write a whole number from 0 to 5"),
    (HTTP | {"save_as": "order"}, "bad_value", "save_as", 'save_as cannot be "order"', None),
    (MAIL | {"to": "ann"}, "bad_value", "to", "this is no e-mail address", None),
    ({"type": "notify_agents", "text": ""}, "bad_value", "text", "the text has 0 characters", "write 1 to 4000"),
    (
        LOGIC | {"expression": "a = 'DE'"}, "bad_expression", "expression", "column 3: unexpected `=`",
        "write == to compare",
    ),
    (LOGIC | {"expression": "a && b"}, "bad_expression", "expression", "column 3: unexpected `&&`", "write and"),
    (LOGIC | {"expression": "a || b"}, "bad_expression", "expression", "column 3: unexpected `||`", "write or"),
    (LOGIC | {"expression": "!a"}, "bad_expression", "expression", "column 1: unexpected `!`", "write not"),
    (LOGIC | {"expression": "{{a}} == 1"}, "bad_expression", "expression", "column 1: unexpected `{{`", None),
    (
        {"type": "http"}, "unknown_type", "type", 'there is no node type "http"', "did you mean http_request?",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("node", "code", "at", "detail", "hint"), MISTAKES)
def test_each_type(node: dict[str, object], code: str, at: str, detail: str | None, hint: str | None) -> None:
    """One mistake in a node is one problem: its code, its place, and words that help."""
    (problem,) = errors(node)
    assert (problem.code, problem.at) == (code, f"nodes.it.{at}")
    assert detail is None or problem.detail == detail
    assert hint is None or problem.hint == hint


REFERENCES: list[tuple[dict[str, object], str, str]] = [
    ({"type": "agents_offline", "group": "saels"}, "group", "the team has no group saels → did you mean sales?"),
    ({"type": "in_segment", "segment": "vpis"}, "segment", "the team has no segment vpis → did you mean vips?"),
    (REPLY | {"as": "anne"}, "as", "the team has no agent anne → did you mean ann?"),
    ({"type": "reply", "canned": "helo"}, "canned", "the team has no canned message helo → did you mean hello?"),
    ({"type": "assign_agent", "agent": "zoe"}, "agent", "the team has no agent zoe → add the agent to the team first"),
    ({"type": "assign_group", "group": "x"}, "group", "the team has no group x → add the group to the team first"),
    (
        {"type": "convert", "customer_type": "led"}, "customer_type",
        "the team has no customer type led → did you mean lead?",
    ),
    ({"type": "predict_answer", "as": "bobb"}, "as", "the team has no agent bobb → did you mean bob?"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "at", "sentence"), REFERENCES)
def test_each_reference(node: dict[str, object], at: str, sentence: str) -> None:
    """What a node refers to and the team lacks refuses the flow, and is found again when the team changes."""
    (problem,) = errors(node, KNOWN)
    assert (problem.code, problem.at) == ("unknown_reference", f"nodes.it.{at}")
    assert f"{problem.detail} → {problem.hint}" == sentence
    assert errors(node) == []
    definition = parse(document({"it": node}))
    assert isinstance(definition, FlowDefinition)
    assert dangling(definition, KNOWN) == (problem,)
    assert dangling(definition, {kind: [str(node[at])] for kind in KNOWN}) == ()


def test_two_mistakes_in_one_node() -> None:
    """Both are told, those of one field's parts too, and what is right is still looked at."""
    node: dict[str, object] = {
        "type": "reply",
        "text": {"en": "{{", "de": "{{a|uper}}"},
        "chanel": "web",
        "as": "anne",
        "quick_replies": ["Yes", "No"],
        "next": {"Yes": "end", "Noo": "end"},
    }
    assert [(p.code, p.at) for p in errors(node, KNOWN)] == [
        ("unknown_field", "nodes.it.chanel"),
        ("bad_template", "nodes.it.text.en"),
        ("bad_template", "nodes.it.text.de"),
        ("unknown_outcome", "nodes.it.next.Noo"),
        ("unknown_reference", "nodes.it.as"),
    ]


@pytest.mark.parametrize(
    ("node", "places"),
    [
        (
            {
                "type": "working_hours",
                "hours": {"mon": ["9-17"]},
                "time_zone": "Asia/Shanghia",
                "holidays": ["christmas", "2026-02-30"],
            },
            ["hours.mon.0", "holidays.0", "time_zone", "holidays.1"],
        ),
        (
            REPLY | {"quick_replies": ["a", "b" * 65, "a", "c" * 65]},
            ["quick_replies.1", "quick_replies.3", "quick_replies.2"],
        ),
        (REPLY | {"text": "{{", "canned": "hello"}, ["text"]),
        (REPLY | {"channel": "emial", "subject": "Hi"}, ["channel"]),
        (REPLY | {"survey": "yes", "lock_input": True}, ["survey"]),
        ({"type": "reply", "canned": 7}, ["canned"]),
        ({"type": "http_request", "url": "{{", "timeout_s": 99}, ["url", "timeout_s"]),
        ({"type": "http_request", "url": "ftp://x", "timeout_s": 99}, ["timeout_s", "url"]),
    ],
)
def test_wrong_fields_hide_nothing(node: dict[str, object], places: list[str]) -> None:
    """What is wrong beyond the types of fields is told beside them, and nothing that only follows from them."""
    found = [problem.at for problem in errors(node) if problem.at.startswith("nodes.it.")]
    assert found == [f"nodes.it.{place}" for place in places]


def test_a_broken_branch_is_not_blamed_for_its_edges() -> None:
    """Nobody knows what it yields, so none of its outcomes is called unknown."""
    node = BRANCH | {"options": ["a", ""], "next": {"a": "end", "b": "end"}}
    assert [problem.at for problem in errors(node)] == ["nodes.it.options.1"]


@pytest.mark.parametrize(
    ("nodes", "code", "at"),
    [
        ({"end": {"type": "end", "next": {"SUCCESS": "start"}}}, "end_has_output", "nodes.end.next.SUCCESS"),
        (
            {
                "it": REPLY | {"next": {"SUCCESS": "end", "FAILED": "start"}},
                "start": {"type": "start", "next": {"SUCCESS": "it"}},
            },
            "start_has_input",
            "nodes.it.next.FAILED",
        ),
    ],
)
def test_a_wrong_edge_is_no_loop(nodes: dict[str, dict[str, object]], code: str, at: str) -> None:
    """An edge out of an end or into a start is one problem, not three."""
    _, problems = examine(document(nodes))
    assert [(p.code, p.at) for p in problems if p.level == "error"] == [(code, at)]


def test_a_broken_wait_is_still_a_wait() -> None:
    """A loop through a node that waits is none because the node has a mistake."""
    asks = REPLY | {"text": "{{", "quick_replies": ["again"], "next": {"again": "it", "SUCCESS": "end"}}
    assert [problem.code for problem in errors(asks)] == ["bad_template"]
    says = REPLY | {"text": "{{", "next": {"SUCCESS": "it", "FAILED": "end"}}
    assert [problem.code for problem in errors(says)] == ["bad_template", "endless_loop"]
