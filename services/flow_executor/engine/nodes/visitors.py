"""What a flow writes about its visitor, and how the visitor's widget looks."""

import re
from datetime import date
from typing import Annotated, cast

from msgspec import UNSET, Meta, UnsetType

from contracts.chat import Appearance, FieldValue
from contracts.run import AppearanceChanged, FieldWritten, Json, VisitorConverted
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, Fault, NodeConfig, NodeType, Result
from services.flow_executor.engine.nodes.conditions import Reference, unknown
from services.flow_executor.engine.templates import Written
from services.flow_executor.engine.texts import Localised, Text
from services.flow_executor.engine.variables import NOT_WRITABLE, is_writable

_OUTCOMES = ("SUCCESS", "FAILED")
MAX_VALUE = 1000
_COLOUR = r"^#[0-9a-fA-F]{6}$(?!\n)"
_NUMBER = re.compile(r"\s*[+-]?\d{1,18}(\.\d{0,18})?\s*\Z", re.ASCII)
"""What fits into 64 bits; Python would take more, and digits of every script."""
EFFECTS = ("none", "bounce", "fade", "flash", "pulse", "shake", "swing", "zoom")


class Convert(NodeConfig, frozen=True, kw_only=True):
    """The visitor is a customer of this type from now on."""

    customer_type: Reference
    """Becomes `customer_user_type`."""


class SetField(NodeConfig, frozen=True, kw_only=True):
    """A field of the visitor gets this value; where the team gives the field a type, the value must fit."""

    field: Annotated[
        str,
        Meta(
            pattern=r"^[a-z_][a-z0-9_]{0,63}$(?!\n)",
            description="a name of 1 to 64 lowercase letters, digits and _, that does not begin with a digit",
        ),
    ]
    value: Written


class SetAppearance(NodeConfig, frozen=True, kw_only=True):
    """How the visitor's widget looks from now on; what is not said stays."""

    title: Localised | UnsetType = UNSET
    welcome: Localised | UnsetType = UNSET
    colour: Annotated[str, Meta(pattern=_COLOUR, description="a colour such as #1677ff")] | UnsetType = UNSET
    background: (
        Annotated[
            str,
            Meta(
                pattern=r"^(https://[^\s\x00]{1,500}|#[0-9a-fA-F]{6})$(?!\n)",
                description="a colour such as #f5f5f5, or the https:// address of a picture",
            ),
        ]
        | UnsetType
    ) = UNSET
    effect: (
        Annotated[
            str, Meta(pattern=rf"^({'|'.join(EFFECTS)})$(?!\n)", description=f"one of {', '.join(EFFECTS)}")
        ]
        | UnsetType
    ) = UNSET
    reply_time: Localised | UnsetType = UNSET


def _convert(config: Convert, look: Look) -> Result:
    kind = config.customer_type
    if look.team("customer_types", kind) is None:
        return unknown("customer type", kind)
    return Done("SUCCESS", (VisitorConverted(k=1, customer_type=kind),), {"customer_user_type": kind})


def _set_field(config: SetField, look: Look) -> Result:
    written = config.value.render(look)
    custom = cast("dict[str, Json] | None", look.team("custom_fields", config.field))
    if len(written) > MAX_VALUE:
        return Failure("bad_value", f"the value came out with more than {MAX_VALUE} characters")
    try:
        value = written if custom is None else as_field(custom, written)
    except ValueError:
        kind = str((custom or {})["type"])
        return Failure("bad_value", f"the value does not fit field {config.field}, which is {kind}")
    return Done("SUCCESS", (FieldWritten(k=1, field=config.field, value=value),), {config.field: value})


def as_field(custom: dict[str, Json], written: str) -> FieldValue:
    """The text as the field's type takes it; nothing is None. Raises `ValueError`."""
    if not written.strip():
        return None
    match custom["type"]:
        case "INTEGER" | "FLOAT" if _NUMBER.match(written) is None:
            raise ValueError(written)
        case "INTEGER":
            return int(written)
        case "FLOAT":
            return float(written)
        case "BOOLEAN":
            return _boolean(written.strip().lower())
        case "DATE":
            return date.fromisoformat(written.strip()).isoformat()
        case "SELECT":
            if written not in cast("list[str]", custom["options"]):
                raise ValueError(written)
            return written
        case _:
            return written


def _boolean(written: str) -> bool:
    if written not in {"true", "false", "yes", "no", "1", "0"}:
        raise ValueError(written)
    return written in {"true", "yes", "1"}


def _appearance(config: SetAppearance, look: Look) -> Result:
    texts = {
        name: value.render(look)
        for name in ("title", "welcome", "reply_time")
        if (value := cast("Text | UnsetType", getattr(config, name))) is not UNSET
    }
    appearance = Appearance(
        **texts,
        colour=None if config.colour is UNSET else config.colour,
        background=None if config.background is UNSET else config.background,
        effect=None if config.effect is UNSET else config.effect,
    )
    return Done("SUCCESS", (AppearanceChanged(k=1, appearance=appearance),))


def _faults(config: SetAppearance) -> tuple[Fault, ...]:
    if any(getattr(config, name) is not UNSET for name in Appearance.__struct_fields__):
        return ()
    names = ", ".join(Appearance.__struct_fields__)
    return (Fault("title", "this changes nothing", f"say at least one of {names}"),)


TYPES = (
    NodeType(
        name="convert",
        zh="客户转化",
        en="Convert",
        icon="user-star",
        config=Convert,
        outcomes=_OUTCOMES,
        reads=("team",),
        refers={"customer_type": "customer type"},
        decide=_convert,
    ),
    NodeType(
        name="set_field",
        zh="保存访客字段",
        en="Set a field",
        icon="forms",
        config=SetField,
        outcomes=_OUTCOMES,
        reads=("team",),
        faults=lambda config: (
            ()
            if is_writable(config.field)
            else (Fault("field", f"{config.field} cannot be written by a flow", NOT_WRITABLE),)
        ),
        decide=_set_field,
    ),
    NodeType(
        name="appearance",
        zh="界面设置",
        en="Appearance",
        icon="palette",
        config=SetAppearance,
        outcomes=_OUTCOMES,
        faults=_faults,
        triggers=("widget_loaded", "widget_opened"),
        decide=_appearance,
    ),
)
