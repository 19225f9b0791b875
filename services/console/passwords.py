"""Passwords by argon2id, with the parameters that argon2-cffi recommends (RFC 9106, low memory).

A check takes some 50 ms and 64 MiB, so it is done in a thread, and no more than two at a time.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_AT_ONCE = 2


class Passwords:
    """Makes and checks hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """What may be stored of it."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is that one. Without a stored one the answer, no, takes just as long, and tells nobody of it."""
        if stored is None:
            self._nobodys = self._nobodys or await self.hashed("nobody's")
        async with self._room:
            fits = await asyncio.to_thread(self._verify, stored or self._nobodys or "", password)
        return fits and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False
