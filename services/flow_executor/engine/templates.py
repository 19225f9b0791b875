"""Texts with `{{variables}}`, whose values are escaped for where the text goes: plain, an address, a JSON body."""

import re
from collections.abc import Iterator
from typing import ClassVar, cast
from urllib.parse import quote

import msgspec
from minijinja import Environment, TemplateError

from contracts.flow import MAX_TEXT
from contracts.forms import Unfit
from contracts.run import Json
from services.flow_executor.engine.expressions import PLAIN, Source, environment, evaluation_error
from services.flow_executor.engine.facts import Look

_HOLE = re.compile(r"""\{\{((?:[^"'}]|"[^"]*"|'[^']*'|\}(?!\}))*)\}\}""")


def _shown(value: Json) -> str:
    """A value as text: a text as it is, nothing for None, anything else as JSON has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _in_url(value: Json) -> str:
    return quote(_shown(value), safe="")


def _in_json(value: Json) -> str:
    """What may stand between quotes, or alone where the value is no text."""
    return msgspec.json.encode(value).decode()[1:-1] if isinstance(value, str) else _shown(value)


class Template(Source):
    """A text with `{{variables}}`, whose values stand in it as they are."""

    __slots__ = ("_is_plain",)

    code = "bad_template"
    dialect: ClassVar[Environment] = environment(_shown)

    def __init__(self, raw: object) -> None:
        """Check and keep. Raises `Unfit`."""
        if not isinstance(raw, str):
            raise TypeError
        if not 0 < len(raw) <= MAX_TEXT:
            raise Unfit("bad_value", f"the text has {len(raw)} characters", f"write 1 to {MAX_TEXT}")
        super().__init__(raw, ((hole.start(1), hole[1]) for hole in _HOLE.finditer(raw)))
        self._is_plain = "{{" not in raw

    def render(self, look: Look) -> str:
        """The text for what is seen. Raises `UnknownVariable`, `MissingFact` and `EvaluationError`."""
        if self._is_plain:
            return self.source
        values = self.values(look)
        try:
            return self.dialect.render_str(self.source, **values)
        except TemplateError as exc:
            raise evaluation_error(exc, self.source) from None

    def _parse(self) -> set[str]:
        return PLAIN.undeclared_variables_in_str(self.source)


class UrlTemplate(Template):
    """An address, in which every value is percent-encoded."""

    __slots__ = ()
    dialect = environment(_in_url)


class JsonTemplate(Template):
    """A JSON text, in which every value is escaped as within quotes: `{"name": "{{user_fullname}}"}`."""

    __slots__ = ()
    dialect = environment(_in_json)


class Body:
    """What is sent along: a table (becomes JSON; texts in it are templates), or a text. Raises `Unfit`.

    A text that begins like JSON gets its values escaped as JSON wants it.
    """

    __slots__ = ("_raw", "_templates", "is_json", "names")

    def __init__(self, raw: object) -> None:
        """Check and keep."""
        self._templates: dict[str, Template] = {}
        if isinstance(raw, str):
            self.is_json = raw.lstrip()[:1] in {"{", "["}
            self._templates[raw] = JsonTemplate(raw) if self.is_json else Template(raw)
        elif isinstance(raw, dict):
            self.is_json = True
            self._templates = {text: Template(text) for text in _texts(cast("object", raw)) if text}
        else:
            raise TypeError
        self._raw: object = raw
        self.names = tuple(sorted({name for each in self._templates.values() for name in each.names}))

    def render(self, look: Look) -> str:
        """What to send. Raises as `Template.render`."""
        if isinstance(self._raw, str):
            return self._templates[self._raw].render(look)
        return msgspec.json.encode(self._filled(self._raw, look)).decode()

    def _filled(self, raw: object, look: Look) -> object:
        match raw:
            case str():
                return self._templates[raw].render(look) if raw else raw
            case dict():
                items = cast("dict[str, object]", raw).items()
                return {key: self._filled(item, look) for key, item in items}
            case list():
                return [self._filled(item, look) for item in cast("list[object]", raw)]
            case _:
                return raw


def _texts(raw: object) -> Iterator[str]:
    match raw:
        case str():
            yield raw
        case dict():
            for item in cast("dict[str, object]", raw).values():
                yield from _texts(item)
        case list():
            for item in cast("list[object]", raw):
                yield from _texts(item)
        case _:
            return
