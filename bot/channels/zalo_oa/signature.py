"""The signature on Zalo's events: plain SHA-256, not HMAC.

``X-ZEvent-Signature: mac=HEX`` with
``HEX = SHA256(app_id + body as received + timestamp + OA secret key)``;
``app_id`` and ``timestamp`` are the strings inside the body (Zalo OA
documents, page "Webhook").
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from settings.zalo import OaSettings

_HEADER = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-f]{64})\s*", re.I)
_DIGITS = re.compile(r"\d{1,16}", re.A)


class Verdict(str, enum.Enum):
    """What became of a signature."""

    GENUINE = "genuine"
    FORGED = "forged"
    OTHER_APP = "other_app"
    """The body names another app: nothing was hashed, since the sender chose that name."""
    OTHER_ID = "other_id"
    """It would match with the other of app_id and oa_id: MOTCUA_ZALO_SIGNED_ID is to be switched."""
    LATE = "late"
    """Genuine, but older (or newer) than what our memory of repeats covers."""


def sign(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """The 64 lower-case hex digits for a body."""
    return hashlib.sha256(first.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def verify(body: bytes, fields: Mapping[str, Any], header: str, settings: OaSettings, now: float) -> Verdict:
    """Check an event's signature.

    Args:
        body: the bytes as received, never written anew.
        fields: the body, parsed.
        header: ``X-ZEvent-Signature``.
        settings: identifiers and the OA secret key.
        now: seconds since 1970.
    """
    if str(fields.get("app_id")) != settings.app_id:
        return Verdict.OTHER_APP
    match = _HEADER.fullmatch(header)
    timestamp = fields.get("timestamp")
    if match is None or isinstance(timestamp, bool) or not _DIGITS.fullmatch(str(timestamp)):
        return Verdict.FORGED
    given = match.group(1).lower()
    ids = {"app_id": settings.app_id, "oa_id": settings.oa_id}
    if _matches(given, ids.pop(settings.signed_id), body, str(timestamp), settings.oa_secret_key):
        return Verdict.GENUINE if _recent(str(timestamp), settings.oldest_hours, now) else Verdict.LATE
    (other,) = ids.values()
    if _matches(given, other, body, str(timestamp), settings.oa_secret_key):
        return Verdict.OTHER_ID
    return Verdict.FORGED


def _matches(given: str, first: str, body: bytes, timestamp: str, secret: str) -> bool:
    return hmac.compare_digest(given, sign(first, body, timestamp, secret))


def _recent(timestamp: str, hours: float, now: float) -> bool:
    # Milliseconds. A genuine event with a clock far off could be replayed once repeats are forgotten.
    return abs(int(timestamp) / 1000 - now) <= hours * 3600
