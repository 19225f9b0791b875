"""The guard of hosts: who may be reached is decided by the team's list and by every address of the name."""

import socket

import pytest

from services.chassis.errors import Rejected
from services.flow_executor.tasks.hosts import Hosts, is_public, parsed, rule_for


@pytest.mark.parametrize(
    ("rule", "url", "is_allowed"),
    [
        ("api.shop.example", "https://api.shop.example/x", True),
        ("API.shop.example", "https://Api.Shop.Example./x", True),
        ("api.shop.example", "http://api.shop.example", True),
        ("api.shop.example", "https://api.shop.example:8443/x", False),
        ("api.shop.example:8443", "https://api.shop.example:8443/x", True),
        ("api.shop.example:8443", "https://api.shop.example/x", False),
        ("api.shop.example:443", "https://api.shop.example/x", True),
        ("api.shop.example:443", "http://api.shop.example/x", False),
        ("*.shop.example", "https://api.shop.example", True),
        ("*.shop.example", "https://a.b.shop.example", True),
        ("*.shop.example", "https://shop.example", False),
        ("*.shop.example", "https://evilshop.example", False),
        ("*.shop.example:8443", "https://api.shop.example:8443", True),
        ("shop.example", "https://api.shop.example", False),
        ("shop.example", "https://shop.example.evil.example", False),
        ("shop.example", "https://evil.example/?shop.example", False),
        ("shop.example", "https://evil.example/#@shop.example", False),
        ("shop.example", "https://evil.example\\@shop.example", False),
        ("xn--fsqu00a.example", "https://例子.example", True),
    ],
)
def test_the_teams_list_decides(rule: str, url: str, is_allowed: bool) -> None:
    """A host is allowed by its name, or by the end of it, and by its port; without a port the usual one is meant."""
    if is_allowed:
        assert rule_for(parsed(url), ["other.example", rule]) == rule
    else:
        with pytest.raises(Rejected):
            rule_for(parsed(url), ["other.example", rule])


@pytest.mark.parametrize(
    ("address", "is_outside"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("224.0.0.251", False),
        ("240.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::7f00:1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_which_addresses_are_outside(address: str, is_outside: bool) -> None:
    """Private, loopback, link-local, shared, multicast and reserved ones are not, however they are wrapped."""
    assert is_public(address) == is_outside


@pytest.mark.parametrize(
    ("url", "allowed", "code"),
    [
        ("https://api.shop.example/", (), "host_not_allowed"),
        ("https://api.shop.example/", ("api.shop.example:8443",), "host_not_allowed"),
        ("http://127.0.0.1/", ("127.0.0.1",), "private_address"),
        ("http://localhost/", ("localhost",), "private_address"),
        ("http://2130706433/", ("2130706433",), "private_address"),
        ("http://0x7f000001/", ("0x7f000001",), "private_address"),
        ("ftp://api.shop.example/", ("api.shop.example",), "bad_url"),
        ("file:///etc/passwd", (), "bad_url"),
        ("https:///x", (), "bad_url"),
        ("https://ann:secret@api.shop.example/", ("api.shop.example",), "bad_url"),
        ("https://api.shop.example:70000/", ("api.shop.example:70000",), "bad_url"),
        ("https://api.shop.example:0/", ("api.shop.example:0",), "bad_url"),
        ("not an address", (), "bad_url"),
        ("https://[::1", (), "bad_url"),
        ("https://a\nb/", (), "bad_url"),
        ("http://" + "a" * 64 + ".example/", ("*.example",), "bad_url"),
    ],
)
async def test_what_is_refused(url: str, allowed: tuple[str, ...], code: str) -> None:
    """Each refusal has its code, and its sentence quotes nothing of the address."""
    async with Hosts(allow_private=False) as hosts:
        with pytest.raises(Rejected) as refused:
            await hosts.find(url, allowed)
    assert refused.value.code == code
    assert "secret" not in refused.value.detail


async def test_a_checked_address_takes_the_names_place() -> None:
    """The request goes to an address that was looked up and checked; the name goes along for TLS and `Host`."""
    async with Hosts(allow_private=True) as hosts:
        target = await hosts.find("https://LocalHost:8443/a?b=c", ("*.shop.example", "localhost:8443"))
    assert (target.host, target.name, target.rule) == ("localhost:8443", "localhost", "localhost:8443")
    found = {str(entry[4][0]) for entry in socket.getaddrinfo("localhost", 8443, type=socket.SOCK_STREAM)}
    assert set(target.addresses) == found
    assert str(target.at("93.184.216.34")) == "https://93.184.216.34:8443/a?b=c"
    assert str(target.at("2606:2800::1")) == "https://[2606:2800::1]:8443/a?b=c"
