from __future__ import annotations

import pytest

from limits.address import is_here


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_is_told(address: str) -> None:
    assert is_here(address)


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "2001:db8::1", "testclient", "", "localhost"])
def test_from_others(address: str) -> None:
    assert not is_here(address)
