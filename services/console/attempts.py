"""Wrong passwords, counted by the address that they come from and by the e-mail that they are for: the more there were,
the longer nothing else is tried.

A try counts as wrong before it is looked at, so that many at once are no more than one after the other.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from services.chassis.clock import Clock
from services.chassis.database import Database, Transaction
from services.chassis.errors import Rejected

FREE_OF_ACCOUNT = 5
FREE_OF_ADDRESS = 20
"""Wrong ones before the first pause: an address may be a whole office."""
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
_FIRST_PAUSE = timedelta(seconds=1)

_COUNT = """
insert into console.attempts as a (key, failures, failed_at, shut_until) values ($1, 1, $2, $2)
    on conflict (key) do update
       set failures = case when a.shut_until > $2 then a.failures
                           when a.failed_at < $3 then 1 else a.failures + 1 end,
           failed_at = case when a.shut_until > $2 then a.failed_at else $2 end
returning failures, shut_until
"""


class TooManyAttempts(Rejected):
    """Come back after `wait_s`."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "too_many_attempts", f"too many wrong passwords; try again in {wait_s} s, or use a link"
        )
        self.wait_s = wait_s


class Attempts:
    """Counts what was tried; survives a restart."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, account: str, address: str) -> None:
        """Count a try for `account` from `address` as wrong; raises `TooManyAttempts` while it is too early for one."""
        now = self._clock()
        async with self._database.transaction() as tx:
            await tx.execute("delete from console.attempts where failed_at < $1", now - FORGOTTEN_AFTER)
            # In this order: who must wait by the address shuts nobody's account.
            wait = await _counted(tx, _of_address(address), FREE_OF_ADDRESS, now)
            if not wait:
                wait = await _counted(tx, _of_account(account), FREE_OF_ACCOUNT, now)
        if wait:
            raise TooManyAttempts(int(wait.total_seconds()) + 1)

    async def succeeded(self, account: str, address: str) -> None:
        """It was the right one: the account begins anew, and the address has one wrong one less."""
        async with self._database.transaction() as tx:
            await tx.execute("delete from console.attempts where key = $1", _of_account(account))
            await tx.execute(
                "update console.attempts set failures = greatest(failures - 1, 0), shut_until = failed_at"
                " where key = $1",
                _of_address(address),
            )


async def _counted(tx: Transaction, key: bytes, free: int, now: datetime) -> timedelta:
    """How long it is still too early; else the try is counted, and the next pause set."""
    row = await tx.row(_COUNT, key, now, now - FORGOTTEN_AFTER)
    assert row is not None
    shut_until: datetime = row["shut_until"]
    if shut_until > now:
        return shut_until - now
    beyond = int(row["failures"]) - free
    if beyond >= 0:
        pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(beyond, 20))
        await tx.execute("update console.attempts set shut_until = $2 where key = $1", key, now + pause)
    return timedelta(0)


def _of_account(account: str) -> bytes:
    return sha256(f"account {account.strip().casefold()}".encode()).digest()


def _of_address(address: str) -> bytes:
    return sha256(f"address {_network(address)}".encode()).digest()


def _network(address: str) -> str:
    """The address, or of IPv6 the network that one customer has."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(ip) >> 64 << 64)) if isinstance(ip, IPv6Address) else str(ip)
