"""What the robot, or an agent's name, says to the visitor, and how the visitor may answer it.

A reply that offers answers (quick replies, a form, a survey) holds up the run until one comes. Quick replies vanish
after three minutes, and the run goes on at SUCCESS, as it does when the visitor writes something else. A form or survey
that nobody answers within a day is TIMEOUT: "thank you" must not follow on silence. A reply by e-mail waits until the
mail was taken.
"""

from datetime import timedelta
from typing import Annotated, Literal, cast

from msgspec import UNSET, Meta, Struct, UnsetType

from contracts.chat import FieldType, FormField
from contracts.flow import MAX_TEXT
from contracts.forms import Json, Unfit
from contracts.ids import TOKEN_PATTERN, AgentId
from contracts.run import Effect, FieldWritten, MessagePosted, TaskRequested
from contracts.team import Localized
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import (
    Done,
    Failure,
    Fault,
    NodeConfig,
    NodeType,
    Parked,
    Result,
)
from services.flow_executor.engine.nodes.branching import twice_or_taken
from services.flow_executor.engine.nodes.conditions import Named, Reference, unknown
from services.flow_executor.engine.nodes.tasks import ended, patience
from services.flow_executor.engine.stimuli import (
    FormFilled,
    ReplyChosen,
    Stimulus,
    TaskEnded,
    TimerDue,
    VisitorAnswered,
)
from services.flow_executor.engine.templates import Template
from services.flow_executor.engine.texts import Localised, nearest_locale, plain, text
from services.flow_executor.engine.variables import NOT_WRITABLE, is_writable
from services.flow_executor.engine.vocabulary import FIELD_TYPES, FIELDS

ROBOT = AgentId("robot")
Speaker = Annotated[AgentId, Meta(pattern=TOKEN_PATTERN, description='"robot" or the id of an agent')]
MAX_QUICK_REPLIES = 8
MAX_FIELDS = 8
QUICK_REPLIES_LAST = timedelta(minutes=3)
QUESTIONS_LAST = timedelta(days=1)
_FIXED = ("SUCCESS", "FAILED", "TIMEOUT")
_MAIL_ATTEMPTS = 3

SURVEY = {
    "zh": ("不满意", "满意", "非常满意"),
    "en": ("Not satisfied", "Satisfied", "Very satisfied"),
}
"""What a visitor may answer, from worst to best."""
SATISFACTION = ("unsatisfied", "satisfied", "very_satisfied")
"""What is stored of it, in the same order."""


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a form that asks in its own words."""

    field: Named
    label: Localized = ""
    type: FieldType | UnsetType = UNSET
    options: tuple[Named, ...] = ()


class Reply(NodeConfig, frozen=True, kw_only=True, rename={"author": "as"}):
    """A message to the visitor."""

    author: Speaker = ROBOT
    channel: Literal["web", "email"] = "web"
    """An e-mail goes to `user_email`, and the run waits until it was taken."""
    notify_agents: bool = False
    """Whether the agents are told of it."""
    text: Localised | UnsetType = UNSET
    canned: Reference | UnsetType = UNSET
    """Instead of a text: the id of a canned message of the team."""
    subject: Annotated[Template, Meta(description="the subject of an e-mail")] | UnsetType = UNSET
    quick_replies: Annotated[
        tuple[Named, ...],
        Meta(max_length=MAX_QUICK_REPLIES, description=f"a list of at most {MAX_QUICK_REPLIES} texts"),
    ] = ()
    """To choose from for three minutes; each is an outcome. SUCCESS is what else the visitor writes, and no answer."""
    form: Annotated[
        tuple[Named | Question, ...],
        Meta(max_length=MAX_FIELDS, description=f"a list of at most {MAX_FIELDS} fields"),
    ] = ()
    """Names of fields, or tables of `field`, `label`, `type`, `options`. All filled in is SUCCESS, a day TIMEOUT."""
    survey: bool = False
    """Asks how satisfied the visitor is; the answer is saved as `satisfaction`. A day without one is TIMEOUT."""
    lock_input: bool = False
    """With quick replies, a form or a survey: whether the visitor may only answer, and not write."""

    @property
    def asks(self) -> bool:
        """Whether it offers answers."""
        return bool(self.quick_replies or self.form or self.survey)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the form's fields."""
        return tuple(item if isinstance(item, str) else item.field for item in self.form)


def _reply(config: Reply, look: Look) -> Result:
    said = _said(config, look)
    if isinstance(said, Failure):
        return said
    until, outcomes = None, ("SUCCESS", "FAILED")
    if config.asks:
        lasts = QUICK_REPLIES_LAST if config.quick_replies else QUESTIONS_LAST
        until, outcomes = look.now + lasts, (*_options(config), "SUCCESS")
    fields = tuple(_field(item, look) for item in config.form)
    posted = MessagePosted(
        k=1,
        author=config.author,
        channel=config.channel,
        text=said,
        notify_agents=config.notify_agents,
        quick_replies=config.quick_replies,
        survey=_survey(look) if config.survey else (),
        form=fields,
        until=until,
        lock_input=config.lock_input,
    )
    if config.channel == "email":
        return _by_mail(config, posted, look)
    if until is None:
        return Done("SUCCESS", (posted,))
    return Parked(until - look.now, outcomes, (posted,))


def _said(config: Reply, look: Look) -> str | Failure:
    """The text as it is sent."""
    try:
        if config.text is not UNSET:
            said = config.text.render(look)
        else:
            canned = look.team("canned_messages", str(config.canned))
            if canned is None:
                return unknown("canned message", str(config.canned))
            said = text(canned).render(look)
    except Unfit as exc:
        return Failure(exc.code, f"the canned message {config.canned} is wrong: {exc.detail}")
    if not said.strip():
        return Failure("empty_text", "the text came out empty; give its variables a default")
    if len(said) > MAX_TEXT:
        return Failure("text_too_long", f"the text came out with more than {MAX_TEXT} characters")
    return said


def _survey(look: Look) -> tuple[str, ...]:
    return SURVEY[nearest_locale(look.locale() or "zh", SURVEY)]


def _field(item: str | Question, look: Look) -> FormField:
    """A question of the form: in its own words, the team's, or ours."""
    name = item if isinstance(item, str) else item.field
    kind, label, options = _as_known(name, look)
    if isinstance(item, str):
        return FormField(name=name, label=label, type=kind, options=options)
    return FormField(
        name=name,
        label=plain(item.label, look) or label,
        type=kind if item.type is UNSET else item.type,
        options=item.options or options,
    )


def _as_known(name: str, look: Look) -> tuple[FieldType, str, tuple[str, ...]]:
    if name in FIELDS:
        kind, zh, en = FIELDS[name]
        return kind, plain({"zh": zh, "en": en}, look), ()
    custom = cast("dict[str, Json] | None", look.team("custom_fields", name))
    if custom is None:
        return "text", name, ()
    options = (
        ("true", "false") if custom["type"] == "BOOLEAN" else tuple(cast("list[str]", custom["options"]))
    )
    return FIELD_TYPES[str(custom["type"])], plain(custom["label"], look) or name, options


def _by_mail(config: Reply, posted: MessagePosted, look: Look) -> Result:
    """The message, and the mail that brings it; an address is needed."""
    address = look.variable("user_email", guarded=True)
    if not isinstance(address, str) or "@" not in address:
        return Failure("no_address", "the visitor's user_email is not known; ask for it first")
    subject = "" if config.subject is UNSET else config.subject.render(look)
    request: dict[str, Json] = {
        "to": address,
        "subject": " ".join(subject.split()),
        "text": posted.text,
        "attempts": _MAIL_ATTEMPTS,
    }
    mail: Effect = TaskRequested(k=2, kind="send_email", request=request)
    return Parked(patience(_MAIL_ATTEMPTS), ("SUCCESS", "FAILED"), (posted, mail))


def _wake(config: Reply, stimulus: Stimulus) -> Done | Failure | None:
    match stimulus:
        case TaskEnded():
            return ended(stimulus)
        case TimerDue() if config.channel == "email":
            return ended(None)
        case TimerDue():
            return Done("SUCCESS" if config.quick_replies else "TIMEOUT", facts={"timed_out": True})
        case ReplyChosen(choice=choice) if choice in config.quick_replies:
            return Done(choice, sets={"message_body": choice, "message_subtype": "QUICK_REPLY"})
        case ReplyChosen(choice=choice) if config.survey:
            return _surveyed(choice)
        case FormFilled(fields=fields, values=values) if config.form and set(config.fields) <= set(fields):
            # What was not asked for is no answer; what was forgotten since is not there.
            return Done("SUCCESS", sets={name: values[name] for name in config.fields if name in values})
        case VisitorAnswered(variables=variables) if config.quick_replies:
            return Done("SUCCESS", sets=variables)
        case _:
            return None


def _surveyed(choice: str) -> Done | None:
    for answers in (*SURVEY.values(), SATISFACTION):
        if choice in answers:
            value = SATISFACTION[answers.index(choice)]
            return Done(
                "SUCCESS", (FieldWritten(k=1, field="satisfaction", value=value),), {"satisfaction": value}
            )
    return None


def _options(config: Reply) -> tuple[str, ...]:
    return config.quick_replies or (("TIMEOUT",) if config.form or config.survey else ())


def _faults(config: Reply) -> tuple[Fault, ...]:
    faults = [*twice_or_taken("quick_replies", config.quick_replies, _FIXED)]
    if (config.text is UNSET) == (config.canned is UNSET):
        faults.append(
            Fault("text", "a reply has a text or a canned message, one of them", "write text, or canned")
        )
    offers = [name for name in ("quick_replies", "form", "survey") if getattr(config, name)]
    faults += [
        Fault(name, f"a message asks one thing at a time, and this one has {offers[0]}", "use two nodes")
        for name in offers[1:]
    ]
    if config.lock_input and not offers:
        faults.append(
            Fault(
                "lock_input", "there is nothing to answer by but the input", "add quick_replies, or remove it"
            )
        )
    if config.channel == "email":
        faults += [Fault(name, f"an e-mail cannot have {name}", 'use channel = "web"') for name in offers]
    elif config.subject is not UNSET:
        faults.append(Fault("subject", "only an e-mail has a subject", 'remove it, or set channel = "email"'))
    twins = [name for place, name in enumerate(config.fields) if name in config.fields[:place]]
    faults += [Fault("form", f"the form asks for {name} twice", "remove one") for name in twins]
    faults += [
        Fault(f"form.{place}", f"{name} cannot be asked for", NOT_WRITABLE)
        for place, name in enumerate(config.fields)
        if not is_writable(name)
    ]
    return tuple(faults)


def _needs(config: Reply) -> tuple[str, ...]:
    if config.canned is not UNSET:
        return ("team", "profile")
    if config.channel == "email":
        return ("variables", "team", "profile")
    return ("team",) if config.form else ()


TYPES = (
    NodeType(
        name="reply",
        zh="以座席用户回复消息",
        en="Reply",
        icon="message",
        config=Reply,
        outcomes=("SUCCESS", "FAILED"),
        options=_options,
        adds="each of its quick replies; with a form or a survey TIMEOUT",
        reads=("team", "profile"),
        needs=_needs,
        refers={"as": "agent", "canned": "canned message"},
        faults=_faults,
        triggers=("widget_opened", "message_sent", "event_tracked"),
        decide=_reply,
        wake=_wake,
        parks=lambda config: config.asks or config.channel == "email",
    ),
)
