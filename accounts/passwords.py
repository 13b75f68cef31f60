"""Passwords: hashed with Argon2id (RFC 9106), checked in the same time whether there is such a user or not."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from typing import Optional

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Passwords hashed at the same time. Each takes 64 MiB, and the machine has to serve people as well."""


class Passwords:
    """Hashes passwords and checks them.

    Args:
        time_cost: rounds.
        memory_cost: in KiB.
        parallelism: lanes. The defaults are the library's: RFC 9106's second recommended choice.
    """

    def __init__(
        self,
        time_cost: int = argon2.DEFAULT_TIME_COST,
        memory_cost: int = argon2.DEFAULT_MEMORY_COST,
        parallelism: int = argon2.DEFAULT_PARALLELISM,
    ) -> None:
        self._hasher = argon2.PasswordHasher(time_cost, memory_cost, parallelism, type=argon2.Type.ID)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        # What an unknown user's password is checked against, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """The hash to keep, with its salt and its costs in it."""
        with self._turns:
            return self._hasher.hash(_normal(password))

    def fits(self, kept: Optional[str], password: str) -> bool:
        """Say whether a password is the one that was hashed; None, for nobody's, costs as much and never fits."""
        with self._turns:
            try:
                self._hasher.verify(kept or self._nobody, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Say whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    # One keyboard writes 'ế' as one character, another as three.
    return unicodedata.normalize("NFKC", password)
