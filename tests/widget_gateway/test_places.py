"""Where visitors are: said by the proxy's headers that the deployment names, and by no others."""

import pytest

from contracts.frames import Accepted
from services.chassis.bus import Bus
from services.widget_gateway.places import MOST_CITY_CHARACTERS, Place, Places
from tests.servers import Nats
from tests.widget_gateway.running import Gateway, events_of, gateway_on

HEADERS = {"CF-IPCountry": "de", "CF-IPCity": "Köln".encode().decode("latin-1")}


@pytest.mark.parametrize(("country", "city", "place"), [
    ("DE", "Berlin", Place("DE", "Berlin")),
    (" cn ", "北京".encode().decode("latin-1"), Place("CN", "北京")),
    ("BR", "S%C3%A3o%20Paulo", Place("BR", "São Paulo")),
    ("T1", "", Place()),
    ("XX", "-", Place("", "-")),
    ("Germany", "a\x00b\x1b[31mc\x7f", Place("", "ab[31mc")),
    ("ÄÖ", "\xff", Place("", "\ufffd")),
    ("", "x" * 100, Place("", "x" * MOST_CITY_CHARACTERS)),
    ("", "%00%0a New   York %e2%80%ae", Place("", "New York")),
])  # fmt: skip
def test_what_headers_say_is_cleaned(country: str, city: str, place: Place) -> None:
    """A country is two letters or nothing; a city is at most 64 characters, none of them invisible."""
    assert Places("X-Country", "x-city").of({"x-country": country, "x-city": city}) == place


def test_headers_that_nobody_named_are_not_read() -> None:
    """Without names there is no place, whatever a visitor sends."""
    assert Places("", "").of({"": "DE", "cf-ipcountry": "DE", "cf-ipcity": "Berlin"}) == Place()


async def test_an_event_says_where_its_visitor_is(shared_nats: Nats, bus: Bus) -> None:
    """With both headers named, the stored event has country and city."""
    async with (
        gateway_on(shared_nats.url, country_header="CF-IPCountry", city_header="CF-IPCity") as gateway,
        gateway.socket(headers=HEADERS) as visitor,
    ):
        await visitor.hello()
        await visitor.say("widget_loaded")
        await visitor.next(Accepted)
        (event,) = await events_of(bus, visitor.id)
    assert (event.country, event.city) == ("DE", "Köln")


async def test_by_default_nothing_is_trusted(gateway: Gateway, bus: Bus) -> None:
    """A visitor who sends such headers is nowhere."""
    async with gateway.socket(headers=HEADERS) as visitor:
        await visitor.hello()
        await visitor.say("widget_loaded")
        await visitor.next(Accepted)
        (event,) = await events_of(bus, visitor.id)
    assert (event.country, event.city) == ("", "")
