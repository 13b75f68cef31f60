"""Whose address is counted where a proxy stands before the page: the visitor's, and only the proxy's word counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from accounts.attempts import ADDRESS
from tests.web.console.conftest import Browser

PROXY, STRANGER = "10.1.2.3", "203.0.113.9"
VISITOR, ANOTHER = "198.51.100.7", "198.51.100.8"


@pytest.fixture
def served(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """The application as uvicorn serves it, which believes the proxy of the settings."""

    def wrapped() -> Any:
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none")
        config.load()
        return config.loaded_app

    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.1.2.0/24")
    return wrapped


def guess(browser: Browser, visitor: str, name: str) -> str:
    """The page after a wrong password, said to come from a visitor."""
    browser.headers["X-Forwarded-For"] = visitor
    return browser.sign_in(name, "wrong").text


def test_guesses_are_counted_for_the_visitor_and_not_for_the_proxy(served: Callable[[], Any]) -> None:
    with Browser(served(), client=(PROXY, 1), raise_server_exceptions=False, follow_redirects=False) as browser:
        # Names differ, so that only the address is counted.
        told = [guess(browser, VISITOR, f"name{number}") for number in range(ADDRESS.free + 1)]
        assert "không đúng" in told[0]
        assert "Bạn đợi" in told[-1]
        assert "không đúng" in guess(browser, ANOTHER, "somebody")


def test_what_a_stranger_claims_to_be_does_not_count(served: Callable[[], Any]) -> None:
    with Browser(served(), client=(STRANGER, 1), raise_server_exceptions=False, follow_redirects=False) as browser:
        told = [guess(browser, f"198.51.100.{number}", f"name{number}") for number in range(ADDRESS.free + 1)]
        assert "Bạn đợi" in told[-1]


def test_a_proxy_passes_on_one_address_whatever_the_visitor_wrote(served: Callable[[], Any]) -> None:
    # Should another proxy append instead of set, the nearest address that isn't a proxy's counts.
    with Browser(served(), client=(PROXY, 1), raise_server_exceptions=False, follow_redirects=False) as browser:
        told = [guess(browser, f"192.0.2.{number}, {VISITOR}", f"name{number}") for number in range(ADDRESS.free + 1)]
        assert "Bạn đợi" in told[-1]
