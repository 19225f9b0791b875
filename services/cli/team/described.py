"""A team's settings as people read them: a name and a line for each. Secrets do not show."""

from collections.abc import Iterable, Iterator

from msgspec import structs

from contracts.team import Agent, Localized, TeamSettings, group_members, numbered, numbered_fields

Row = tuple[str, str]


def described(settings: TeamSettings) -> Iterator[Row]:
    """Every setting that is set, in the order of the file; `team` and `name` also when they are empty."""
    yield from (("team", settings.team), ("name", settings.name))
    yield from _people(settings)
    yield from _times(settings)
    yield from _of_visitors(settings)
    yield from _words(settings)
    yield from _outside(settings)
    yield from _looks(settings)


def _people(settings: TeamSettings) -> Iterator[Row]:
    yield from ((f"agents.{agent.id}", _agent(agent)) for agent in settings.agents)
    about = {group.id: group.description for group in settings.groups}
    for group, members in group_members(settings).items():
        yield f"groups.{group}", _joined((about.get(group, ""), ", ".join(members) or "nobody"), ": ")


def _times(settings: TeamSettings) -> Iterator[Row]:
    yield "time_zone", settings.time_zone
    if settings.working_hours is not None:
        for day, spans in structs.asdict(settings.working_hours).items():
            yield f"working_hours.{day}", ", ".join(spans) or "closed"
    if settings.holidays:
        yield "holidays", ", ".join(settings.holidays)


def _of_visitors(settings: TeamSettings) -> Iterator[Row]:
    yield from ((f"customer_types.{item.id}", item.name or item.id) for item in settings.customer_types)
    for number, item in numbered_fields(settings.custom_fields):
        also = f"extra_field_{item.type}_{number}"
        options = ", ".join(item.options)
        yield f"custom_fields.{item.id}", _joined((also, _text(item.label), options), " · ")
    for number, item in numbered(settings.tracked_events):
        yield f"tracked_events.{item.name}", f"number {number}"
    for item in settings.segments:
        yield f"segments.{item.id}", _joined((item.name, item.filter), ": ")


def _words(settings: TeamSettings) -> Iterator[Row]:
    for item in settings.canned_messages:
        yield f"canned_messages.{item.id}", _text(item.text)
    for item in settings.answers:
        yield f"answers.{item.id}", f"{' / '.join(item.questions)} → {_text(item.answer)}"


def _outside(settings: TeamSettings) -> Iterator[Row]:
    for place, item in enumerate(settings.webhooks):
        signed = ", signed" if item.secret else ""
        yield f"webhooks.{place}", f"{item.url} ({item.format}{signed})"
    if settings.allowed_hosts:
        yield "allowed_hosts", ", ".join(settings.allowed_hosts)
    if settings.allowed_origins:
        yield "allowed_origins", ", ".join(settings.allowed_origins)
    if settings.api_key_hashes:
        yield "api_key_hashes", f"{len(settings.api_key_hashes)} keys"
    if settings.identity_secret:
        yield "identity_secret", "***"


def _looks(settings: TeamSettings) -> Iterator[Row]:
    yield from (("robot_name", settings.robot_name), ("robot_avatar", settings.robot_avatar))
    for name, value in structs.asdict(settings.appearance).items():
        if value is not None:
            yield f"appearance.{name}", str(value)


def _agent(agent: Agent) -> str:
    return _joined((agent.name, agent.email, *agent.groups), ", ")


def _text(text: Localized) -> str:
    if isinstance(text, str):
        return text
    return "\n".join(f"{locale}: {words}" for locale, words in text.items())


def _joined(parts: Iterable[str], between: str) -> str:
    return between.join(part for part in parts if part)
