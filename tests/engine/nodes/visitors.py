"""What a flow writes about its visitor; `test_fields.py` has the types of fields."""

from contracts.chat import Appearance
from contracts.run import AppearanceChanged, FieldWritten, Json, VisitorConverted
from tests.engine.nodes.case import Case
from tests.engine.worlds import facts

LEADS: dict[str, Json] = {"customer_types": [{"id": "lead", "name": "Leads"}, {"id": "bare"}]}
FIELDS: dict[str, Json] = {
    "custom_fields": [
        {"id": "age", "type": "INTEGER"},
        {"id": "plan", "type": "SELECT", "options": ["basic", "pro"]},
    ]
}
UNKNOWN_NAME = "there is no variable user_fulname; did you mean user_fullname?"


def _table(kind: str, *options: str) -> dict[str, object]:
    return {"type": kind, "label": "", "options": list(options)}


CASES = (
    Case(
        says="from now on a lead, for later nodes too",
        node={"type": "convert", "customer_type": "lead"},
        world=facts(settings=LEADS),
        outcome="SUCCESS",
        reads={"team": {"customer_types.lead": "Leads"}},
        sets={"customer_user_type": "lead"},
        effects=[VisitorConverted(k=1, customer_type="lead")],
    ),
    Case(
        says="the type is gone",
        node={"type": "convert", "customer_type": "lead"},
        outcome="FAILED",
        reads={"team": {"customer_types.lead": None}},
        code="unknown_reference",
        detail="the team has no customer type lead; add it, or change the flow",
    ),
    Case(
        says="a field that the team does not know is text",
        node={"type": "set_field", "field": "nickname", "value": "{{user_fullname}}!"},
        world=facts(variables={"user_fullname": "Ann"}),
        outcome="SUCCESS",
        reads={"team": {"custom_fields.nickname": None}},
        variables={"user_fullname": "Ann"},
        sets={"nickname": "Ann!"},
        effects=[FieldWritten(k=1, field="nickname", value="Ann!")],
    ),
    Case(
        says="a field of the team gets its type",
        node={"type": "set_field", "field": "age", "value": "{{var_age}}"},
        world=facts(settings=FIELDS, variables={"var_age": "42"}),
        outcome="SUCCESS",
        reads={"team": {"custom_fields.age": _table("INTEGER")}},
        variables={"var_age": "42"},
        sets={"age": 42},
        effects=[FieldWritten(k=1, field="age", value=42)],
    ),
    Case(
        says="nothing clears the field",
        node={"type": "set_field", "field": "age", "value": "{{user_city}}"},
        world=facts(settings=FIELDS),
        outcome="SUCCESS",
        reads={"team": {"custom_fields.age": _table("INTEGER")}},
        variables={"user_city": None},
        sets={"age": None},
        effects=[FieldWritten(k=1, field="age")],
    ),
    Case(
        says="a value that does not fit",
        node={"type": "set_field", "field": "plan", "value": "gold"},
        world=facts(settings=FIELDS),
        outcome="FAILED",
        reads={"team": {"custom_fields.plan": _table("SELECT", "basic", "pro")}},
        code="bad_value",
        detail="the value does not fit field plan, which is SELECT",
    ),
    Case(
        says="a value that is too long",
        node={"type": "set_field", "field": "note", "value": "{{message_body}}"},
        world=facts(variables={"message_body": "x" * 1001}),
        outcome="FAILED",
        reads={"team": {"custom_fields.note": None}},
        variables={"message_body": "x" * 1001},
        code="bad_value",
        detail="the value came out with more than 1000 characters",
    ),
    Case(
        says="a variable that nobody knows",
        node={"type": "set_field", "field": "note", "value": "{{user_fulname}}"},
        outcome="FAILED",
        reads={"unknown": ["user_fulname", "user_fullname"]},
        code="unknown_variable",
        detail=UNKNOWN_NAME,
    ),
    Case(
        says="what cannot be calculated",
        node={"type": "set_field", "field": "note", "value": "{{user_fullname + 1}}"},
        world=facts(variables={"user_fullname": "Ann"}),
        outcome="FAILED",
        variables={"user_fullname": "Ann"},
        code="bad_operation",
        detail="user_fullname + 1 cannot be calculated with the values at hand",
    ),
    Case(
        says="only what is said, in the visitor's language",
        node={
            "type": "appearance",
            "title": {"en": "Hi {{user_fullname}}", "de": "Hallo {{user_fullname}}"},
            "colour": "#1677ff",
            "effect": "bounce",
        },
        world=facts(locale="de-CH", variables={"user_fullname": "Ann"}),
        outcome="SUCCESS",
        reads={"locale": "de-CH"},
        variables={"user_fullname": "Ann"},
        effects=[
            AppearanceChanged(
                k=1, appearance=Appearance(title="Hallo Ann", colour="#1677ff", effect="bounce")
            )
        ],
    ),
    Case(
        says="the rest of it",
        node={
            "type": "appearance",
            "welcome": "Hello",
            "reply_time": "soon",
            "background": "https://shop.example/sky.png",
        },
        outcome="SUCCESS",
        effects=[
            AppearanceChanged(
                k=1,
                appearance=Appearance(
                    welcome="Hello", reply_time="soon", background="https://shop.example/sky.png"
                ),
            )
        ],
    ),
    Case(
        says="a variable that nobody knows",
        node={"type": "appearance", "welcome": "Hi {{user_fulname}}"},
        outcome="FAILED",
        reads={"unknown": ["user_fulname", "user_fullname"]},
        code="unknown_variable",
        detail=UNKNOWN_NAME,
    ),
    Case(
        says="what cannot be calculated",
        node={"type": "appearance", "title": "{{user_fullname + 1}}"},
        world=facts(variables={"user_fullname": "Ann"}),
        outcome="FAILED",
        variables={"user_fullname": "Ann"},
        code="bad_operation",
        detail="user_fullname + 1 cannot be calculated with the values at hand",
    ),
)
