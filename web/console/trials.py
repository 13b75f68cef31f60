"""Proof that a way to ask was tried: signed, so that what is published is what was looked at, and looked at lately."""

from __future__ import annotations

from typing import Optional

from itsdangerous import BadData, URLSafeTimedSerializer

from settings.secrets import session_secret

LASTS = 30 * 60
"""Seconds for which a trial counts: the search may have changed afterwards."""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(session_secret(), salt="trial")


def prove(who: str, code: str, way: str, worse: int) -> str:
    """A proof that somebody saw what a way to ask would do.

    Args:
        who: the account's name.
        code: the procedure's.
        way: the way to ask.
        worse: how many questions it makes worse.
    """
    signed = _signer().dumps([who, code, way, worse])
    return signed.decode() if isinstance(signed, bytes) else signed


def proven(proof: str, who: str, code: str, way: str) -> Optional[int]:
    """How many questions were shown to get worse; None where this very change wasn't tried by this person lately."""
    try:
        told = _signer().loads(proof, max_age=LASTS)
    except BadData:
        return None
    return int(told[3]) if told[:3] == [who, code, way] else None
