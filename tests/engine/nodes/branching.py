"""Roads that part by a variable."""

from contracts.run import Json
from tests.engine.nodes.case import Case
from tests.engine.worlds import facts

ORDER = {
    "type": "regex",
    "variable": "message_body",
    "pattern": r"(?i)order\s+#?(?P<order>\d+)(?P<rest> and .*)?",
}
COLOURS = {"type": "branch", "variable": "var_colour", "options": ["red", "绿 色", "3", "true"]}

VALUES: tuple[tuple[Json, str], ...] = (
    ("red", "red"),
    ("绿 色", "绿 色"),
    (3, "3"),
    (True, "true"),
    ("Red", "DEFAULT"),
    (None, "DEFAULT"),
    ({}, "DEFAULT"),
)

CASES = (
    Case(
        says="found, its named groups set; one that took no part is empty",
        node=ORDER,
        world=facts(variables={"message_body": "Where is ORDER #42?"}),
        outcome="TRUE",
        variables={"message_body": "Where is ORDER #42?"},
        sets={"var_order": "42", "var_rest": ""},
    ),
    Case(
        says="not found, nothing set",
        node=ORDER,
        world=facts(variables={"message_body": "hello"}),
        outcome="FALSE",
        variables={"message_body": "hello"},
    ),
    Case(
        says="a variable without a value is an empty text",
        node={"type": "regex", "variable": "user_email", "pattern": "^$"},
        outcome="TRUE",
        variables={"user_email": None},
    ),
    Case(
        says="a number is searched as people write it",
        node={"type": "regex", "variable": "user_web_sessions", "pattern": r"^1\d$"},
        world=facts(variables={"user_web_sessions": 12}),
        outcome="TRUE",
        variables={"user_web_sessions": 12},
    ),
    Case(
        says="a variable that nobody knows",
        node={"type": "regex", "variable": "mesage_body", "pattern": "a"},
        outcome="FAILED",
        reads={"unknown": ["mesage_body", "message_body"]},
        code="unknown_variable",
        detail="there is no variable mesage_body; did you mean message_body?",
    ),
    Case(
        says="more than a pattern may search",
        node={"type": "regex", "variable": "var_page", "pattern": "a"},
        world=facts(variables={"var_page": "a" * 65_537}),
        outcome="FAILED",
        variables={"var_page": "a" * 65_537},
        code="text_too_long",
        detail="var_page holds more than the 65536 characters that the pattern searches",
    ),
    *(
        Case(
            says=f"{value!r} is {outcome}",
            node=COLOURS,
            world=facts(variables={"var_colour": value}),
            outcome=outcome,
            variables={"var_colour": value},
        )
        for value, outcome in VALUES
    ),
    Case(
        says="a variable that nobody knows",
        node=COLOURS,
        outcome="FAILED",
        reads={"unknown": ["var_colour", None]},
        code="unknown_variable",
        detail="there is no variable var_colour",
    ),
)  # fmt: skip
