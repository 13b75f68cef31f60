from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limits.address import address_of, is_here
from settings.limits import trusted_proxies
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody's proxy: what it says is made up
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "9.9.9.9, 198.51.100.1", "198.51.100.1"),  # the first was sent by the caller
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        (None, "198.51.100.1", ""),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str | None, forwarded: str, address: str) -> None:
    assert address_of(peer, forwarded, PROXIES) == address


@given(st.one_of(st.none(), ANY_TEXT), ANY_TEXT)
@PROPERTY
def test_any_header_can_be_read(peer: str | None, forwarded: str) -> None:
    address_of(peer, forwarded, PROXIES)


def test_this_machine_is_told_from_others() -> None:
    assert is_here("127.0.0.1")
    assert is_here("::1")
    assert not is_here("203.0.113.9")
    assert not is_here("testclient")


def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    assert trusted_proxies() == PROXIES
    monkeypatch.setenv("MOTCUA_TRUSTED_PROXIES", "nginx")
    with pytest.raises(ValueError, match=r"^MOTCUA_TRUSTED_PROXIES=nginx"):
        trusted_proxies()
