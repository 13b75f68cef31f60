"""Whose address asks: the peer's, or the one that a trusted proxy names."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Optional

from settings.limits import Network


def address_of(peer: Optional[str], forwarded: str, proxies: Sequence[Network]) -> str:
    """The address of whoever asks.

    Each proxy adds the address that called it at the end of ``X-Forwarded-For``; what
    stands before the first one that isn't ours may be made up.

    Args:
        peer: who is connected; None where that isn't known.
        forwarded: the header, '' where it is missing.
        proxies: whose word counts.
    """
    found = peer or ""
    for told in reversed(forwarded.split(",")):
        if not _among(found, proxies):
            break
        if not _is_address(told.strip()):
            break
        found = told.strip()
    return found


def is_here(address: str) -> bool:
    """Whether it is this machine itself: a test, a benchmark, an administrator."""
    return _is_address(address) and ip_address(address).is_loopback


def _among(address: str, networks: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
