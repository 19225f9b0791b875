"""Texts with `{{variables}}`, whose values are escaped for where the text goes: plain, an address, a JSON body."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, cast
from urllib.parse import quote

import msgspec
from minijinja import Environment, TemplateError
from msgspec import Meta

from contracts.flow import MAX_TEXT
from contracts.forms import Unfit, UnfitParts, join
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


Written = Annotated[
    Template, Meta(description=f"text of 1 to {MAX_TEXT} characters, which may hold {{{{variables}}}}")
]


class UrlTemplate(Template):
    """An address, in which every value is percent-encoded."""

    __slots__ = ()
    dialect = environment(_in_url)


class JsonTemplate(Template):
    """A JSON text, in which every value is escaped as within quotes: `{"name": "{{user_fullname}}"}`."""

    __slots__ = ()
    dialect = environment(_in_json)


class Body:
    """What is sent along: a table (becomes JSON; texts in it are templates), or a text. Raises `Unfit`, `UnfitParts`.

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
            self._fill(cast("object", raw))
        else:
            raise TypeError
        self._raw: object = raw
        self.names = tuple(sorted({name for each in self._templates.values() for name in each.names}))

    def _fill(self, raw: object) -> None:
        """Take the texts of a table. Raises `UnfitParts`."""
        unfit: dict[str, Unfit] = {}
        for place, text in _texts(raw, ""):
            try:
                self._templates[text] = Template(text)
            except Unfit as exc:
                unfit[place] = exc
        if unfit:
            raise UnfitParts(unfit)

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


def _texts(raw: object, at: str) -> Iterator[tuple[str, str]]:
    """The texts in it that are not empty, each with its place."""
    match raw:
        case str() if raw:
            yield at, raw
        case dict():
            for key, item in cast("dict[str, object]", raw).items():
                yield from _texts(item, join(at, key))
        case list():
            for number, item in enumerate(cast("list[object]", raw)):
                yield from _texts(item, join(at, str(number)))
        case _:
            return
