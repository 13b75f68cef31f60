"""What the environment says of limits: rates, Redis, and the proxies whose word on addresses counts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Union

from settings.channels import number

Network = Union[IPv4Network, IPv6Network]


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
    proxies: tuple[Network, ...] = ()
    """Peers who are believed when they say for whom they call."""


def limit_settings() -> LimitSettings:
    """``MOTCUA_LIMIT_*``, ``MOTCUA_REDIS_URL``, ``MOTCUA_TRUSTED_PROXIES``.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    default = LimitSettings()
    return LimitSettings(
        person=_rate("MOTCUA_LIMIT_PERSON_BURST", "MOTCUA_LIMIT_PERSON_MINUTE", default.person),
        address=_rate("MOTCUA_LIMIT_ADDRESS_BURST", "MOTCUA_LIMIT_ADDRESS_MINUTE", default.address),
        redis_url=os.environ.get("MOTCUA_REDIS_URL") or "",
        proxies=trusted_proxies(),
    )


def trusted_proxies() -> tuple[Network, ...]:
    """``MOTCUA_TRUSTED_PROXIES``: addresses or networks, with commas between them.

    Raises:
        ValueError: one isn't an address.
    """
    given = os.environ.get("MOTCUA_TRUSTED_PROXIES") or ""
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"MOTCUA_TRUSTED_PROXIES={given} phải là các địa chỉ IP, cách nhau bằng dấu phẩy.") from None


def _rate(burst: str, minute: str, default: Rate) -> Rate:
    return Rate(number(burst, int, default.burst, 0), number(minute, float, default.minute, 0.1))
