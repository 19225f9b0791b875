"""The words that flows may use: of expressions, of the many that minijinja knows; and the standard fields of forms."""

from contracts.chat import FieldType

FILTERS = (
    "abs", "bool", "capitalize", "count", "d", "default", "first", "float", "int", "last", "length",
    "list", "lower", "max", "min", "reverse", "round", "sort", "split", "string", "sum", "title",
    "trim", "truncate", "unique", "upper",
)  # fmt: skip
"""After `|`. None of them makes a text or list grow by more than it was given."""

TESTS = (
    "boolean", "defined", "divisibleby", "endingwith", "eq", "equalto", "even", "false", "float",
    "ge", "gt", "in", "integer", "iterable", "le", "lower", "lt", "mapping", "ne", "none", "None",
    "number", "odd", "sequence", "startingwith", "string", "true", "undefined", "upper",
)  # fmt: skip
"""After `is`."""

METHODS = (
    "capitalize", "count", "endswith", "find", "get", "isalpha", "isdigit", "items", "keys",
    "lower", "lstrip", "rstrip", "split", "startswith", "strip", "title", "upper",
)  # fmt: skip
"""After a dot, with brackets."""

KEYWORDS = frozenset(("and", "or", "not", "in", "is", "if", "else", "for"))
_CLOSING = frozenset((")", "]", "}", '"', "'", "_"))


def ends_value(word: str) -> bool:
    """Whether a value may end with this word, so that an operator can follow."""
    return word not in KEYWORDS and (word[-1:] in _CLOSING or word[-1:].isalnum())


FIELDS: dict[str, tuple[FieldType, str, str]] = {
    "user_fullname": ("text", "姓名", "Name"),
    "user_email": ("email", "邮箱", "E-mail"),
    "user_mobile": ("phone", "手机", "Phone"),
    "user_company": ("text", "公司", "Company"),
    "user_city": ("text", "城市", "City"),
    "user_country": ("text", "国家", "Country"),
}
"""The fields that a form may ask for without more words: how, and what it is called."""
FIELD_TYPES: dict[str, FieldType] = {
    "TEXT": "text",
    "LONG_TEXT": "long_text",
    "INTEGER": "number",
    "FLOAT": "number",
    "BOOLEAN": "select",
    "DATE": "date",
    "SELECT": "select",
}
"""How a form asks for a custom field of each type."""
