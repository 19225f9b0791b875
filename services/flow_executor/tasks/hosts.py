"""Which hosts a task may reach: those that its team allows, at public addresses.

The name is looked up here, every address of it is checked, and the connection goes to a checked address and never to
the name: a name whose next lookup leads inside (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Self

import httpx
from msgspec import Struct

from services.chassis.errors import Rejected

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_LOOKUPS = 16
"""Threads of their own: names that are slow to look up must hold up nobody else."""


class Target(Struct, frozen=True, kw_only=True):
    """A host that may be reached. `addresses` are all that its name has, the best first."""

    url: httpx.URL
    name: str
    """For TLS, which checks the certificate against it."""
    rule: str
    """The entry of the team's `allowed_hosts` that allows it: fit for sentences, as the name may not be."""
    addresses: tuple[str, ...]

    def at(self, address: str) -> httpx.URL:
        """The address of the request, with the host's address in place of its name."""
        return self.url.copy_with(host=address)

    @property
    def host(self) -> str:
        """The header `Host`."""
        return self.url.netloc.decode("ascii")


class Hosts:
    """The guard. Use as an async context manager."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def __aenter__(self) -> Self:
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def find(self, address: str, allowed: Sequence[str]) -> Target:
        """Where `address` leads. Raises `Rejected` when nobody may go there, OSError when the name has no address."""
        url = parsed(address)
        name, port = name_of(url), port_of(url)
        rule = rule_for(url, allowed)
        addresses = await self._looked_up(name, port)
        if not self._allow_private and not all(map(is_public, addresses)):
            raise Rejected(
                "private_address",
                f"a host that the team allows as {rule} has an address inside a private network; only"
                " FRONTDESK_TASKS_PRIVATE_HOSTS=true lets tasks go there",
            )
        return Target(url=url, name=name, rule=rule, addresses=addresses)

    async def _looked_up(self, name: str, port: int) -> tuple[str, ...]:
        look_up = partial(socket.getaddrinfo, name, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._lookups, look_up)
        except UnicodeError as exc:
            raise _bad_url("its host is no name") from exc
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def parsed(address: str) -> httpx.URL:
    """The address in its parts; raises `Rejected` when it is none that a task may ask."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as exc:
        raise _bad_url("it cannot be read") from exc
    if url.scheme not in _DEFAULT_PORTS:
        raise _bad_url("it begins with neither https:// nor http://")
    if not url.raw_host:
        raise _bad_url("it has no host")
    if url.userinfo:
        raise _bad_url("it has a user in it; write the header Authorization instead")
    if not 0 < port_of(url) < 65536:
        raise _bad_url("its port is out of bounds")
    return url


def rule_for(url: httpx.URL, allowed: Sequence[str]) -> str:
    """The entry that allows it; raises `Rejected` when none does."""
    for rule in allowed:
        if allows(rule, name_of(url), port_of(url), url.scheme):
            return rule
    raise Rejected(
        "host_not_allowed",
        "the host is none that the team allows; add it to allowed_hosts, with its port unless that is the"
        " usual one, and push the settings with `frontdesk team push`",
    )


def name_of(url: httpx.URL) -> str:
    """The name of the host as it is looked up and compared."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


def port_of(url: httpx.URL) -> int:
    """The port, also where none is written."""
    return _DEFAULT_PORTS[url.scheme] if url.port is None else url.port


def allows(rule: str, name: str, port: int, scheme: str) -> bool:
    """Whether an entry of `allowed_hosts` (`api.shop.example`, `*.shop.example`, either with `:8443`) covers this.

    An entry without a port means the usual one of the scheme; `*.shop.example` does not mean `shop.example`.
    """
    host, _, number = rule.lower().partition(":")
    if port != (int(number) if number else _DEFAULT_PORTS[scheme]):
        return False
    suffix = host.removeprefix("*")
    return name.endswith(suffix) and len(name) > len(suffix) if host != suffix else name == host


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet; one that carries another is judged by that too."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        carried = _carried(ip)
        if carried is not None:
            return is_public(str(carried))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which a gateway would pass on what is sent to this one."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _bad_url(why: str) -> Rejected:
    return Rejected("bad_url", f"the address came out as none that can be asked: {why}")
