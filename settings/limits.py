"""What the environment says of limits: how much is taken from whom, and where that is counted."""

from __future__ import annotations

from dataclasses import dataclass

from settings.channels import number
from settings.cluster import redis_url


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a minute in the long run; nothing is limited where ``burst`` is 0."""

    burst: int
    minute: float


@dataclass(frozen=True)
class LimitSettings:
    """How much is taken from whom."""

    person: Rate = Rate(30, 30.0)
    """Messages of one person."""
    address: Rate = Rate(120, 240.0)
    """Messages from one address of the web page; many people share one (an office, a mobile network)."""
    redis_url: str = ""
    """Where several processes count together; each counts alone where there is none."""


def limit_settings() -> LimitSettings:
    """``MOTCUA_LIMIT_*``, and where Redis is.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    default = LimitSettings()
    return LimitSettings(
        person=_rate("MOTCUA_LIMIT_PERSON_BURST", "MOTCUA_LIMIT_PERSON_MINUTE", default.person),
        address=_rate("MOTCUA_LIMIT_ADDRESS_BURST", "MOTCUA_LIMIT_ADDRESS_MINUTE", default.address),
        redis_url=redis_url(),
    )


def _rate(burst: str, minute: str, default: Rate) -> Rate:
    return Rate(number(burst, int, default.burst, 0), number(minute, float, default.minute, 0.1))
