"""Where visitors are, as the deployment's proxy says it in headers that the deployment names; else nobody knows.

A header is trusted only when it is named: then the proxy sets it, and no visitor can.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import category
from urllib.parse import unquote_to_bytes

MOST_CITY_CHARACTERS = 64
_COUNTRY = re.compile("[A-Z]{2}")
_NOWHERE = frozenset(("XX", "ZZ"))
"""What proxies say when they do not know: codes that ISO 3166 gives to no country."""


class Place(NamedTuple):
    """Country (ISO 3166, two letters) and city; empty: not known."""

    country: str = ""
    city: str = ""


class Places:
    """Reads the headers of these names; an empty name is none."""

    def __init__(self, country_header: str, city_header: str) -> None:
        self._country_header = country_header.lower()
        self._city_header = city_header.lower()

    def of(self, headers: Mapping[str, str]) -> Place:
        """The place that these headers (lowercase names, values as Latin-1) say."""
        return Place(
            _country(headers.get(self._country_header, "") if self._country_header else ""),
            _city(headers.get(self._city_header, "") if self._city_header else ""),
        )


def _country(value: str) -> str:
    code = value.strip().upper()
    return code if _COUNTRY.fullmatch(code) and code not in _NOWHERE else ""


def _city(value: str) -> str:
    """Proxies send names as UTF-8, some with percent signs."""
    name = unquote_to_bytes(value.encode("latin-1", errors="ignore")).decode(errors="replace")
    printable = "".join(character for character in name if not category(character).startswith("C"))
    return " ".join(printable.split())[:MOST_CITY_CHARACTERS].rstrip()
