"""Roads that part by what a variable holds."""

from typing import Annotated

from msgspec import Meta

from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, Fault, NodeConfig, NodeType, Result
from services.flow_executor.engine.nodes.conditions import Named
from services.flow_executor.engine.patterns import Pattern
from services.flow_executor.engine.variables import Variable

MAX_OPTIONS = 50
_FIXED = ("DEFAULT", "FAILED")
Bare = Annotated[Variable, Meta(description="the bare name of a variable, such as message_body")]


class Regex(NodeConfig, frozen=True, kw_only=True):
    """Whether a pattern (RE2) is found in a variable; its named groups become `var_<name>`."""

    variable: Bare
    pattern: Annotated[Pattern, Meta(description="a regular expression in RE2 syntax")]


class Branch(NodeConfig, frozen=True, kw_only=True):
    """Which of the options a variable holds."""

    variable: Bare
    options: Annotated[
        tuple[Named, ...],
        Meta(min_length=1, max_length=MAX_OPTIONS, description=f"a list of 1 to {MAX_OPTIONS} texts"),
    ]
    """Compared as text; one of them is the outcome, anything else is DEFAULT."""


def _regex(config: Regex, look: Look) -> Result:
    searched = config.variable.text(look)
    if len(searched) > config.pattern.reach:
        name, reach = config.variable.names[0], config.pattern.reach
        return Failure(
            "text_too_long", f"{name} holds more than the {reach} characters that the pattern searches"
        )
    found = config.pattern.search(searched)
    if found is None:
        return Done("FALSE")
    return Done("TRUE", sets={f"var_{name}": value for name, value in found.items()})


def _branch(config: Branch, look: Look) -> Result:
    value = config.variable.text(look)
    return Done(value if value in config.options else "DEFAULT")


def twice_or_taken(field: str, options: tuple[str, ...], taken: tuple[str, ...]) -> tuple[Fault, ...]:
    """Options that cannot be told from one another, or from an outcome that the type has already."""
    return tuple(
        Fault(f"{field}.{place}", f"{option} is an outcome already", "give it another name, or remove it")
        for place, option in enumerate(options)
        if option in taken or option in options[:place]
    )


TYPES = (
    NodeType(
        name="regex",
        zh="正则表达式",
        en="Regular expression",
        icon="regex",
        config=Regex,
        outcomes=("TRUE", "FALSE", "FAILED"),
        triggers=("widget_opened", "message_sent", "event_tracked"),
        decide=_regex,
    ),
    NodeType(
        name="branch",
        zh="分支",
        en="Branch",
        icon="arrows-split",
        config=Branch,
        outcomes=_FIXED,
        options=lambda config: config.options,
        adds="each of its options",
        faults=lambda config: twice_or_taken("options", config.options, _FIXED),
        triggers=("widget_opened", "message_sent", "event_tracked"),
        decide=_branch,
    ),
)
