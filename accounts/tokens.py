"""Random tokens: given to a browser once, kept as a hash. They have 256 bits, so a plain hash is enough."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
