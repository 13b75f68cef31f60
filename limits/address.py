"""Whether an address is this machine's own. Whose word on addresses counts is uvicorn's: ``FORWARDED_ALLOW_IPS``."""

from __future__ import annotations

from ipaddress import ip_address


def is_here(address: str) -> bool:
    """Whether it is this machine itself: a test, a benchmark, an administrator."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
