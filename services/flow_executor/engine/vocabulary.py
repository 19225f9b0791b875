"""The words that expressions may use, of the many that minijinja knows."""

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
