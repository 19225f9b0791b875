"""A text of a flow: one for everybody, or one per locale."""

from typing import cast

from contracts.flow import MAX_TEXT
from contracts.forms import Unfit
from services.flow_executor.engine.expressions import Template
from services.flow_executor.engine.facts import Look


class Text:
    """What an author wrote for a message: a string, or a table of locale to string. Raises `Unfit`."""

    __slots__ = ("_by_locale", "names", "templates")

    def __init__(self, raw: object) -> None:
        """Check and keep."""
        table: object = {"": raw} if isinstance(raw, str) else raw
        if not isinstance(table, dict) or not table:
            raise TypeError
        self._by_locale = {
            locale.casefold(): Template(_checked(text))
            for locale, text in cast("dict[str, object]", table).items()
        }
        self.templates = tuple(self._by_locale.values())
        self.names = tuple(sorted({name for template in self.templates for name in template.names}))

    def render(self, look: Look) -> str:
        """The text in the visitor's language, else English, else the first. Raises as `Template.render`."""
        return self._template(look).render(look)

    def _template(self, look: Look) -> Template:
        if len(self.templates) == 1:
            return self.templates[0]
        locale = look.locale().casefold()
        if locale in self._by_locale:
            return self._by_locale[locale]
        for wanted in (_language(locale), "en"):
            for key, template in self._by_locale.items():
                if _language(key) == wanted:
                    return template
        return self.templates[0]


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def _checked(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError
    if not 0 < len(text) <= MAX_TEXT:
        raise Unfit("bad_value", f"the text has {len(text)} characters", f"write 1 to {MAX_TEXT}")
    return text
