"""A text of a flow: one for everybody, or one per locale."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, cast

import msgspec
from msgspec import Meta

from contracts.flow import MAX_TEXT
from contracts.forms import Unfit, UnfitParts
from contracts.run import Json
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.templates import Template


class Text:
    """What an author wrote for a message: a string, or a table of locale to string. Raises `Unfit`, `UnfitParts`."""

    __slots__ = ("_by_locale", "names", "templates")

    def __init__(self, raw: object) -> None:
        """Check and keep."""
        table: object = {"": raw} if isinstance(raw, str) else raw
        if not isinstance(table, dict) or not table:
            raise TypeError
        self._by_locale: dict[str, Template] = {}
        unfit: dict[str, Unfit] = {}
        for locale, text in cast("dict[str, object]", table).items():
            try:
                self._by_locale[locale.casefold()] = Template(text)
            except Unfit as exc:
                unfit[locale] = exc
        if unfit:
            raise unfit[""] if "" in unfit else UnfitParts(unfit)
        self.templates = tuple(self._by_locale.values())
        self.names = tuple(sorted({name for template in self.templates for name in template.names}))

    def render(self, look: Look) -> str:
        """The text in the visitor's language, else English, else the first. Raises as `Template.render`."""
        return self._template(look).render(look)

    def _template(self, look: Look) -> Template:
        if len(self.templates) == 1:
            return self.templates[0]
        return self._by_locale[nearest_locale(look.locale(), self._by_locale)]


Localised = Annotated[Text, Meta(description=f"text of 1 to {MAX_TEXT} characters, or one per locale")]


def nearest_locale(wanted: str, there: Iterable[str]) -> str:
    """Of the (case-folded) locales that are there, that of a visitor who wants this one: else English, the first."""
    known = list(there)
    wanted = wanted.casefold()
    if wanted in known:
        return wanted
    for language in (_language(wanted), "en"):
        for locale in known:
            if _language(locale) == language:
                return locale
    return known[0]


def plain(raw: Json, look: Look) -> str:
    """A text of the team's settings that has no variables, in the visitor's language."""
    if not isinstance(raw, dict):
        return str(raw)
    by_locale = {locale.casefold(): str(text) for locale, text in cast("dict[str, Json]", raw).items()}
    return by_locale[nearest_locale(look.locale(), by_locale)] if by_locale else ""


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def text(raw: object) -> Text:
    """A text that comes with the facts, a canned message for example. Raises `Unfit` and `TypeError`."""
    return _text(msgspec.json.encode(raw))


@lru_cache(maxsize=1000)
def _text(raw: bytes) -> Text:
    return Text(msgspec.json.decode(raw))
